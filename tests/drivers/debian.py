"""Packages of Debian in a folder of our own. Nothing is installed, no root is needed, no script of a package runs.

apt gets lists and a cache in this folder, resolves what a package needs, and checks the archive's signatures.
dpkg-deb unpacks the packages.
"""
import functools
import glob
import os
import shutil
import subprocess

from folders import NotHere, say

MIRROR_VARIABLE = "GFNET_DEBIAN_MIRROR"
KEYRINGS = "/usr/share/keyrings/debian-archive-keyring.*"


def mirror():
    """The address from which this machine gets Debian: GFNET_DEBIAN_MIRROR, else what apt is set up with.

    Throws NotHere.
    """
    if os.environ.get(MIRROR_VARIABLE):
        return os.environ[MIRROR_VARIABLE]
    release = release_of_this_machine()
    # Fields of apt-get indextargets: apt's own words for what sources.list and sources.list.d say.
    listed = _call(["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"],
                   os.environ)
    for line in listed.splitlines():
        address, suite, component = line.rsplit(" ", 2)
        if (suite, component) == (release, "main"):
            return address
    raise NotHere(f"apt has no source of Debian here; name one in {MIRROR_VARIABLE}")


def release_of_this_machine():
    """The name of this machine's Debian, such as "bookworm". "" on another system."""
    with open("/etc/os-release", encoding="utf-8") as file:
        fields = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    return fields.get("VERSION_CODENAME", "").strip('"') if fields.get("ID") == "debian" else ""


class Archive:
    """Debian's archive as one architecture sees it, with the packages that were unpacked from it in `root`."""

    def __init__(self, folder, architecture, suites, kind="deb", newest=()):
        """kind: "deb", or "deb-src" for source packages. suites: such as "unstable". newest: packages that may come
        from a suite of backports. Throws NotHere.
        """
        for tool in ("apt-get", "dpkg-deb"):
            if shutil.which(tool) is None:
                raise NotHere(f"{tool} was not found: this needs Debian, or a system made from it")
        keyring = next(iter(sorted(glob.glob(KEYRINGS))), None)
        if keyring is None:
            raise NotHere(f"no {KEYRINGS}: install debian-archive-keyring")
        self.root = folder / "root"
        self.name = f"Debian {suites[0]}, {architecture if kind == 'deb' else 'sources'}"
        self._apt = folder / "apt"
        self._stamp = folder / "unpacked"
        self._settings = self._settings_text(architecture)
        self._preferences = "".join(f"Package: {name}\nPin: release a=*-backports\nPin-Priority: 500\n\n"
                                    for name in newest)
        # Mirrors may be behind, or be kept as they were on some day. The signature is checked all the same.
        self._sources = "".join(
            f"{kind} [check-valid-until=no signed-by={keyring}] {{mirror}} {suite} main\n" for suite in suites)

    def _settings_text(self, architecture):
        settings = {
            "Dir": self._apt, "Dir::Etc": self._apt / "etc", "Dir::Etc::sourcelist": self._apt / "etc/sources.list",
            "Dir::Etc::sourceparts": "-", "Dir::State": self._apt / "state",
            "Dir::State::status": self._apt / "state/status", "Dir::Cache": self._apt / "cache",
            "APT::Architecture": architecture, "APT::Install-Recommends": "false", "APT::Sandbox::User": "root",
            "Acquire::Languages": "none", "APT::Update::Error-Mode": "any"}
        lines = [f'{name} "{value}";\n' for name, value in settings.items()]
        return "".join([*lines, f'#clear APT::Architectures;\nAPT::Architectures {{ "{architecture}"; }};\n'])

    def has(self, packages):
        """Whether unpack() was called for these packages before."""
        return self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == " ".join(packages)

    def unpack(self, packages, only="*"):
        """Unpacks packages and all that they depend on into `root`. Does nothing if that was done. Throws NotHere.

        only: which files to keep, such as "usr/bin/tool".
        """
        if self.has(packages):
            return
        wanted = " ".join(packages)
        self._update()
        say(f"downloading {wanted} ({self.name})")
        self._run("apt-get", "-q", "-y", "--download-only", "install", *packages)
        files = sorted((self._apt / "cache" / "archives").glob("*.deb"))
        say(f"unpacking {len(files)} packages")
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        for file in files:
            self._run("dpkg-deb", "-x", str(file), str(self.root))
        if only != "*":
            for path in [path for path in self.root.rglob("*") if path.is_file() and not path.match(only)]:
                path.unlink()
        self._run("apt-get", "clean")
        self._stamp.write_text(wanted, encoding="utf-8")

    def download_source(self, package, folder):
        """Downloads a source package's files to a folder, without unpacking them. Throws NotHere."""
        self._update()
        say(f"downloading the source of {package} ({self.name})")
        folder.mkdir(parents=True, exist_ok=True)
        self._run("apt-get", "-q", "--download-only", "source", package, cwd=folder)

    @functools.lru_cache(maxsize=None)
    def version_of(self, package):
        """The version of a package that was unpacked."""
        return self._run("apt-cache", "policy", package).split("Candidate:", 1)[1].split()[0]

    def _update(self):
        for folder in ("etc/apt.conf.d", "etc/preferences.d", "state/lists/partial", "cache/archives/partial"):
            (self._apt / folder).mkdir(parents=True, exist_ok=True)
        (self._apt / "state/status").touch()
        (self._apt / "apt.conf").write_text(self._settings, encoding="utf-8")
        (self._apt / "etc/preferences.d/newest").write_text(self._preferences, encoding="utf-8")
        (self._apt / "etc/sources.list").write_text(self._sources.format(mirror=mirror()), encoding="utf-8")
        say(f"reading the package lists ({self.name})")
        self._run("apt-get", "-q", "update")

    def _run(self, *command, cwd=None):
        return _call(command, {**os.environ, "APT_CONFIG": str(self._apt / "apt.conf"), "LC_ALL": "C"}, cwd)


def _call(command, environment, cwd=None):
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NotHere(f"{' '.join(command[:4])} failed: {lines[-1] if lines else done.returncode}")
    return done.stdout
