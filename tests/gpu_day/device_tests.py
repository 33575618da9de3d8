"""Runs the test programs that need a Vulkan device, and says how each of their cases ended.

doctest's XML is read as it comes, so that the case that crashes or hangs is known. The program is then started again
without the cases that are done.
"""
import html
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from runner import QUIET, TIME_LIMIT

BEGIN = re.compile(r'<TestCase name="([^"]*)"')
END = re.compile(r'<OverallResultsAsserts [^>]*test_case_success="(true|false)"(?: duration="([^"]*)")?')
EXPANDED = re.compile(r"<Expanded>\s*(.*?)\s*</Expanded>", re.DOTALL)
MESSAGE = re.compile(r"<(?:Message|Exception)\b[^>]*>\s*(?:<Text>)?\s*([^<]+)", re.DOTALL)
PASSED, FAILED, SKIPPED, CRASHED, HUNG = "passed", "failed", "skipped", "crashed", "hung"
BAD = (FAILED, CRASHED, HUNG)
RESULTS = (PASSED, SKIPPED, *BAD)
NO_TIME = "no time was left"
# A program that crashes or hangs more often than this is given up.
MOST_STARTS = 4
# A program may take this share of the time that is left, while others wait.
MOST_OF_THE_TIME = 0.5


@dataclass
class Case:
    program: str
    name: str
    result: str
    seconds: float
    said: str = ""         # of a failure: the first thing that was wrong
    unlayered: str = ""    # of a failure under the validation layer: the result without it

    @property
    def is_bad(self):
        return self.result in BAD


def read(text, program):
    """The cases in a program's XML so far: (those that ended, the one that began and did not end, or None)."""
    cases, is_open = [], None
    marks = sorted([(match.start(), match) for pattern in (BEGIN, END) for match in pattern.finditer(text)],
                   key=lambda entry: entry[0])
    begun = 0
    for position, match in marks:
        if match.re is BEGIN:
            is_open, begun = html.unescape(match[1]), position
        elif is_open is not None:
            body = text[begun:position]
            result = PASSED if match[1] == "true" else FAILED
            if result == PASSED and re.search(r"^skipped: ", body, re.MULTILINE):
                result = SKIPPED
            said = _first_wrong(body) if result == FAILED else ""
            cases.append(Case(program, is_open, result, float(match[2] or 0), said))
            is_open = None
    return cases, is_open


def _first_wrong(body):
    found = EXPANDED.search(body) or MESSAGE.search(body)
    return " ".join(html.unescape(found[1]).split())[:300] if found else ""


def _filter(names):
    # "?" is doctest's wildcard for one character. A comma would begin a second filter.
    return ",".join(re.sub(r"[(),\[\]\\]", "?", name) for name in names)


class Programs:
    """Runs test programs. environment: theirs. quiet: seconds without output after which a case counts as hung."""

    def __init__(self, runner, environment, quiet, clock):
        self._runner, self._environment, self._quiet, self._clock = runner, environment, quiet, clock
        self._waiting, self._lock = 0, Lock()

    def run(self, programs, at_once, later=0):
        """Runs programs, {name: path}, `at_once` in parallel. Returns (cases, {program: why it did not end}).

        later: how many other programs need some of the time after these.
        """
        self._waiting = len(programs) + later
        with ThreadPoolExecutor(max_workers=at_once) as pool:
            done = list(pool.map(lambda item: self._run(*item, at_once), programs.items()))
        cases = [case for found, _ in done for case in found]
        return cases, {name: why for name, (_, why) in zip(programs, done) if why}

    def _share(self, at_once):
        """Seconds for the next program: so many that others have some, too."""
        with self._lock:
            share = max(MOST_OF_THE_TIME, at_once / self._waiting)
            self._waiting -= 1
        return self._clock.left() * min(1, share)

    def _run(self, name, path, at_once):
        cases, why = [], ""
        begun, share = self._clock.left(), self._share(at_once)
        for start in range(MOST_STARTS):
            left = share - (begun - self._clock.left())
            if left <= 0:
                return cases, why or NO_TIME
            skipped = [f"--test-case-exclude={_filter(case.name for case in cases)}"] if cases else []
            finished = self._start(f"{name}.{start}", path, skipped, self._environment, left)
            found, is_open = read(finished.output, name)
            cases += found
            why = finished.reason()
            if is_open is None or finished.status == TIME_LIMIT:
                break
            cases.append(Case(name, is_open, HUNG if finished.status == QUIET else CRASHED, finished.seconds, why))
        # A program that ran to its end has the exit status 1 for failed cases and 77 for skipped ones.
        ended = finished.status in (0, 77) or (finished.status == 1 and any(case.is_bad for case in cases))
        return cases, "" if ended else why

    def _start(self, log, path, arguments, environment, limit):
        command = [path, "--reporters=xml", "--duration=true", "--no-intro", *arguments]
        return self._runner.run(log, command, environment, limit, self._quiet,
                                lambda text: f"{len(END.findall(text))} cases done")

    def run_again_without_layer(self, programs, cases):
        """Runs bad cases once more without the validation layer and notes the results in them.

        Those of a program that failed run together, and each of those that crashed or hung alone.
        """
        together = {}
        for case in cases:
            if case.is_bad:
                together.setdefault((case.program, None if case.result == FAILED else case.name), []).append(case)
        environment = {**self._environment, "GFNET_VALIDATION": "0"}
        for (program, _), bad in together.items():
            left = self._clock.left()
            if left <= 0:
                return
            names = _filter(case.name for case in bad)
            finished = self._start(f"{program}.unlayered", programs[program], [f"--test-case={names}"], environment,
                                   left)
            found = {case.name: case.result for case in read(finished.output, program)[0]}
            otherwise = HUNG if finished.status in (QUIET, TIME_LIMIT) else CRASHED
            for case in bad:
                case.unlayered = found.get(case.name, otherwise)


def counts(cases):
    return Counter(case.result for case in cases)
