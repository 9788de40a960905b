"""Servers whose packages this machine cannot have: in a private copy of its root, or in another one.

An `Overlay` is a copy-on-write copy of this machine's own root: packages that conflict with
installed ones are installed there and leave the machine alone. A `Tree` is a small Debian of
another release. Both need root and are kept in PIPIT_TEST_ROOTS, so that they are made once. What
runs in them shares this machine's network, and one folder, under its own name.
"""

import fcntl
import os
import shlex
import shutil
import subprocess

from . import process

APT = ['apt-get', '-y', '-q', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=300']
QUIET = '/usr/sbin/policy-rc.d'


class Unavailable(Exception):
    """What this machine cannot have; says why."""


def roots_folder():
    folder = os.environ.get('PIPIT_TEST_ROOTS') or os.path.join(
        os.environ['PIPIT_TEST_BUILD_ROOT'], 'roots')
    os.makedirs(folder, exist_ok=True)
    return folder


class Root:
    """What an overlay and a tree have in common: made once, entered by a command."""

    def __init__(self, name, packages):
        if os.geteuid() != 0 or shutil.which('unshare') is None:
            raise Unavailable('servers in another root need root and unshare')
        self.packages = packages
        self.folder = os.path.join(roots_folder(), name)
        os.makedirs(self.folder, exist_ok=True)
        self._make_once()

    def command(self, arguments, shared):
        """Returns the command that runs @arguments inside, with the folder @shared."""
        return enter(self._mounts() + f'mkdir -p "$root{shared}"\n'
                     f'mount --bind {shlex.quote(shared)} "$root{shared}"\n', arguments)

    def run(self, arguments, shared, **options):
        return execute(self.command(arguments, shared), **options)

    def _make_once(self):
        ready = os.path.join(self.folder, 'ready')
        wanted = ' '.join(self.packages)
        with open(os.path.join(self.folder, 'lock'), 'w', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists(ready) and open(ready, encoding='utf-8').read() == wanted:
                return
            try:
                self._make()
            except subprocess.CalledProcessError as error:
                said = (error.stdout or b'') + (error.stderr or b'')
                raise Unavailable(f'{shlex.join(error.cmd[:3])}…: '
                                  f'{said.decode("utf-8", "replace")[-400:]}') from error
            with open(ready, 'w', encoding='utf-8') as file:
                file.write(wanted)

    def _make(self):
        raise NotImplementedError


class Overlay(Root):
    """A copy of this machine's root with other packages."""

    def _make(self):
        for name in ('upper', 'work', 'merged'):
            path = os.path.join(self.folder, name)
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
        self._install(['sh', '-euc', f'printf "#!/bin/sh\\nexit 101\\n" >{QUIET}; chmod 755 {QUIET}'])
        install = ['env', 'DEBIAN_FRONTEND=noninteractive', *APT, 'install',
                   '--no-install-recommends', *self.packages]
        try:
            self._install(install)
        except subprocess.CalledProcessError:
            self._install([*APT, 'update'])
            self._install(install)

    def _install(self, arguments):
        return execute(enter(self._mounts(), arguments))

    def _mounts(self):
        # One mount at a time: the lock is held for as long as the command that is entered lives.
        folder = shlex.quote(self.folder)
        return (f'cd {folder}; root={folder}/merged; exec 9>mounted; flock 9\n'
                'mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work merged\n')


class Tree(Root):
    """A small Debian of the release @release."""

    def __init__(self, release, packages):
        self.release = release
        if shutil.which('debootstrap', path='/usr/sbin:/usr/bin:/sbin:/bin') is None:
            raise Unavailable('debootstrap is not installed')
        super().__init__(release, packages)

    def _make(self):
        path = os.path.join(self.folder, 'root')
        shutil.rmtree(path, ignore_errors=True)
        execute(['debootstrap', '--variant=minbase',
                 f'--include={",".join(["ca-certificates", *self.packages])}', self.release, path,
                 *archive()])

    def _mounts(self):
        # What is changed of it is in memory and forgotten afterwards.
        place = shlex.quote(os.path.join(self.folder, 'run'))
        return (f'mkdir -p {place}; mount -t tmpfs tmpfs {place}; cd {place}\n'
                f'mkdir upper work root; root={place}/root\n'
                f'mount -t overlay overlay -o lowerdir={shlex.quote(self.folder)}/root,'
                'upperdir=upper,workdir=work root\n')


def enter(mounts, arguments):
    script = (f'{mounts}mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"\n'
              'exec chroot "$root" "$@"\n')
    # With a process namespace nothing that becomes a daemon outlives its test.
    return ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork',
            '--kill-child=KILL', 'sh', '-euc', script, 'sh', *arguments]


def execute(arguments, **options):
    return subprocess.run(arguments, check=True, capture_output=True, cwd='/',
                          stdin=subprocess.DEVNULL, env=process.clean_environment(), **options)


def archive():
    """Returns where this machine's own packages come from."""
    for folder in ('/etc/apt/sources.list.d', '/etc/apt'):
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            with open(path, encoding='utf-8', errors='replace') as file:
                for line in file:
                    words = line.split()
                    if words[:1] == ['URIs:'] and 'security' not in line:
                        return words[1:2]
                    if words[:1] == ['deb'] and 'security' not in line:
                        return [word for word in words if '://' in word][:1]
    return []
