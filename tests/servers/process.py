"""What all fixtures share: folders, ports, and children that do not outlive the test."""

import ctypes
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)

# Below Linux's ephemeral ports, so that no outgoing connection takes one in between.
PORTS = range(15000, 32000)


class FixtureError(Exception):
    """A fixture's program did not come up, or went away."""


def free_ports(count):
    """Returns @count TCP ports that nothing on loopback listens on."""
    found = []
    while len(found) < count:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def make_directory(prefix):
    """Makes a private folder with a path short enough for UNIX sockets (108 bytes)."""
    parent = tempfile.gettempdir()
    if len(parent) > 40:
        parent = '/tmp'
    return tempfile.mkdtemp(prefix=prefix, dir=parent)


def remove_directory(path):
    shutil.rmtree(path, ignore_errors=True)


def server_account():
    """Returns the passwd entry that a server runs as: never root."""
    return pwd.getpwnam('nobody') if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def as_account(account):
    """Returns the arguments for subprocess that change to @account where that is needed."""
    if os.geteuid() == account.pw_uid:
        return {}
    return {'user': account.pw_uid, 'group': account.pw_gid, 'extra_groups': []}


def hand_over(path, account):
    """Gives the tree at @path to @account."""
    if os.geteuid() == account.pw_uid:
        return
    for parent, folders, files in os.walk(path):
        for name in [parent] + [os.path.join(parent, one) for one in folders + files]:
            os.chown(name, account.pw_uid, account.pw_gid, follow_symlinks=False)


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def clean_environment(**extra):
    """Returns the environment for a server: nothing of the person's own session."""
    return {'PATH': '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', 'LC_ALL': 'C.UTF-8', **extra}


def start(arguments, **options):
    """Starts a child, as the head of a process group, that ends when this process does."""
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.Popen(arguments, preexec_fn=die_with_parent, start_new_session=True, **options)


def stop(child, patience_s=0.5):
    """Ends @child, which may be None, and all of its process group.

    After @patience_s the hard way: Dovecot's master may wait for a minute for a child of its own
    that had been asked to end while it was just starting.
    """
    if child is None:
        return
    signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    signal_group(child, signal.SIGKILL)
    child.wait()
    wait_until(lambda: not signal_group(child, 0), 'a process group to end')


def signal_group(child, number):
    """Signals the group that @child heads; returns whether there was still one."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition, what, timeout_s=10, interval_s=0.01):
    """Returns the first true value of @condition; raises FixtureError naming @what."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise FixtureError(f'waited {timeout_s} s in vain for {what}')
        time.sleep(interval_s)


def is_listening(port):
    """Whether something accepts connections on @port."""
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
    except OSError:
        return False
    return True
