"""A network of a test's own (Linux namespaces): a loopback interface, and on it whatever the test says.

    if not own_network.is_inside():
        own_network.enter_or_skip()
    tap.main()

Inside, own_network.set_up() brings the interface up and makes it the whole world: every name leads
to this host. Nothing of it is seen outside.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

INSIDE = 'PIPIT_TEST_OWN_NETWORK'

# Of this host, and of no private network: what a picture may be fetched from.
PUBLIC_ADDRESS = '203.0.113.1'


def is_inside():
    return INSIDE in os.environ


def enter_or_skip():
    """Runs this program again in namespaces of its own; ends where that is not allowed."""
    environment = {**os.environ, INSIDE: '1'}
    for options in (['--net', '--mount'], ['--user', '--map-root-user', '--net', '--mount']):
        probe = subprocess.run(['unshare', *options, 'true'], stderr=subprocess.DEVNULL, check=False)
        if probe.returncode == 0:
            os.execvpe('unshare', ['unshare', *options, sys.executable, *sys.argv], environment)
    print('1..0 # SKIP this system allows no network of one\'s own')
    sys.exit(0)


def set_up():
    raise_loopback()
    own_screens()
    replace_file('/etc/resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
    replace_file('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n')


def raise_loopback():
    """Brings the interface up, with addresses besides 127.0.0.1: without one nothing asks for names."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack('16sh', b'lo', 0x1 | 0x40))  # SIOCSIFFLAGS: up, running
        for name, own in ((b'lo:1', '10.77.0.1'), (b'lo:2', PUBLIC_ADDRESS)):
            address = struct.pack('HH4s8x', socket.AF_INET, 0, socket.inet_aton(own))
            fcntl.ioctl(control, 0x8916, struct.pack('16s16s', name, address))  # SIOCSIFADDR


def replace_file(path, text):
    """Lays another file over one of the system's, seen by this program and its children only."""
    handle, own = tempfile.mkstemp(prefix='pipit-hostile-')
    os.write(handle, text.encode())
    os.close(handle)
    os.chmod(own, 0o644)
    libc = ctypes.CDLL(None, use_errno=True)
    target = os.path.realpath(path)
    if libc.mount(own.encode(), target.encode(), None, 4096, None) != 0:  # MS_BIND
        raise OSError(ctypes.get_errno(), 'mount', target)
    os.unlink(own)


def own_screens():
    """Abstract sockets are of the network, files are not: screens of both worlds would be taken for one."""
    os.makedirs('/tmp/.X11-unix', mode=0o1777, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b'none', b'/tmp/.X11-unix', b'tmpfs', 0, b'mode=1777') != 0:
        raise OSError(ctypes.get_errno(), 'mount', '/tmp/.X11-unix')


class NameServer(threading.Thread):
    """Answers every name with this host."""

    def __init__(self, address='127.0.0.1'):
        super().__init__(daemon=True)
        self.names = []
        self.address = address
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(('127.0.0.1', 53))
        self.start()

    def run(self):
        while True:
            question, peer = self._socket.recvfrom(4096)
            name, end = self._read_name(question)
            self.names.append(name)
            kind = question[end:end + 2]
            answer = b'\xc0\x0c' + kind + struct.pack('>HIH', 1, 1, 4) + socket.inet_aton(self.address)
            is_address = kind == b'\0\1'
            self._socket.sendto(question[:2] + b'\x81\x80\0\1' + struct.pack('>H', is_address)
                                + b'\0\0\0\0' + question[12:end + 4] + (answer if is_address else b''), peer)

    @staticmethod
    def _read_name(question):
        labels, position = [], 12
        while question[position]:
            labels.append(question[position + 1:position + 1 + question[position]].decode('latin-1'))
            position += question[position] + 1
        return '.'.join(labels), position + 1


class Listener(threading.Thread):
    """Remembers who came, and the beginning of what they said."""

    def __init__(self, port, family=socket.AF_INET):
        super().__init__(daemon=True)
        self.came = []
        self._port = port
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self._socket.bind(('::' if family == socket.AF_INET6 else '0.0.0.0', port))
        self._socket.listen(64)
        self.start()

    def run(self):
        while True:
            peer, _address = self._socket.accept()
            peer.settimeout(0.3)
            try:
                said = peer.recv(300)
                peer.sendall(b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
            except OSError:
                said = b''
            self.came.append((self._port, said.split(b'\r\n')[0]))
            peer.close()
