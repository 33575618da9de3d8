"""Counts the results of gfnet check, as its own last line does."""


def not_right(kernels):
    """The kernels that were found not right."""
    return [kernel for kernel in kernels if kernel["result"] not in ("right", "not checked")]


def not_checked(kernels):
    """The kernels without a problem: nothing is known about them."""
    return [kernel for kernel in kernels if kernel["result"] == "not checked"]


def summary(kernels):
    """ "123 checked, all right", or "122 checked, 2 not right, 1 more not checked"."""
    wrong, unchecked = len(not_right(kernels)), len(not_checked(kernels))
    text = f"{len(kernels) - unchecked} checked, {f'{wrong} not right' if wrong else 'all right'}"
    return f"{text}, {unchecked} more not checked" if unchecked else text
