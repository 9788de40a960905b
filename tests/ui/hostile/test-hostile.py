"""Hostile letters against a network that is only listened to: no byte leaves, no name is asked for.

The test moves into a network of its own (Linux namespaces): there is nothing but a loopback interface,
a name server that answers every name with this host and remembers the question, and listeners that
remember what comes. Below them a packet socket counts all that passes, whatever port it goes to. Only the
attempts to reach the dead proxy of the session may be there: they carry no byte of a message.

With each wall taken away in turn the others hold. With all of them taken away the letters must be seen to
leave: else this test would prove nothing.
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
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))

from servers import Desktop, process, tap

VIEW = os.path.join(os.environ['PIPIT_TEST_BUILD_ROOT'], 'tests', 'ui', 'hostile', 'hostile-view')
HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = sorted(os.path.join(HERE, 'letters', name) for name in os.listdir(os.path.join(HERE, 'letters')))
WALLS = ['script', 'policy', 'filter', 'session', 'features', 'settings', 'navigation']
INSIDE = 'PIPIT_TEST_OWN_NETWORK'
DEAD_PROXY_PORT = 1
LISTENING = (80, 443, 8080, 8443)


def enter_own_network():
    """Runs this program again in namespaces of its own; returns only where that is not allowed."""
    environment = {**os.environ, INSIDE: '1'}
    for options in (['--net', '--mount'], ['--user', '--map-root-user', '--net', '--mount']):
        probe = subprocess.run(['unshare', *options, 'true'], stderr=subprocess.DEVNULL, check=False)
        if probe.returncode == 0:
            os.execvpe('unshare', ['unshare', *options, sys.executable, *sys.argv], environment)


def raise_loopback():
    """Brings the interface up, with an address besides 127.0.0.1: without one nothing asks for names."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack('16sh', b'lo', 0x1 | 0x40))  # SIOCSIFFLAGS: up, running
        address = struct.pack('HH4s8x', socket.AF_INET, 0, socket.inet_aton('10.77.0.1'))
        fcntl.ioctl(control, 0x8916, struct.pack('16s16s', b'lo:1', address))  # SIOCSIFADDR


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

    def __init__(self):
        super().__init__(daemon=True)
        self.names = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(('127.0.0.1', 53))
        self.start()

    def run(self):
        while True:
            question, peer = self._socket.recvfrom(4096)
            name, end = self._read_name(question)
            self.names.append(name)
            kind = question[end:end + 2]
            answer = b'\xc0\x0c' + kind + struct.pack('>HIH', 1, 1, 4) + b'\x7f\0\0\1'
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


class Tap(threading.Thread):
    """Sees every packet of the network, and keeps those that are not for the dead proxy."""

    def __init__(self):
        super().__init__(daemon=True)
        self.packets = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self._socket.bind(('lo', 3))
        self.start()

    def run(self):
        while True:
            packet, _address = self._socket.recvfrom(65536)
            seen = self._describe(packet)
            if seen is not None:
                self.packets.append(seen)

    @staticmethod
    def _describe(packet):
        if packet[0] >> 4 == 4:
            protocol, start = packet[9], (packet[0] & 15) * 4
        else:
            protocol, start = packet[6], 40
        if protocol not in (6, 17):
            # 58 of IPv6: the kernel greets its neighbours by itself when an interface comes up
            return None if protocol == 58 else ('protocol', protocol)
        ports = struct.unpack_from('>HH', packet, start)
        if protocol == 6:
            said = len(packet) - start - (packet[start + 12] >> 4) * 4
            if DEAD_PROXY_PORT in ports and said == 0:
                return None
        return ('tcp' if protocol == 6 else 'udp', *ports)


class HostileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise_loopback()
        own_screens()
        replace_file('/etc/resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
        replace_file('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n')
        cls.names = NameServer()
        cls.listeners = [Listener(port) for port in LISTENING]
        try:
            cls.listeners.append(Listener(8080, socket.AF_INET6))
        except OSError:
            pass  # no IPv6 here
        cls.tap = Tap()
        cls.room = Desktop(800, 800, keyring=False)
        cls.room.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.room.__exit__()

    def show(self, *without):
        """Returns what the view said of each letter, the names asked for, who came, and all packets."""
        time.sleep(0.2)
        for log in (self.names.names, self.tap.packets, *(one.came for one in self.listeners)):
            log.clear()
        arguments = [word for wall in without for word in ('--without', wall)]
        with tempfile.TemporaryDirectory(prefix='pipit-hostile-') as home:
            done = subprocess.run(
                [VIEW, *arguments, *LETTERS], capture_output=True, text=True, timeout=150, check=False,
                env={**self.room.environment(), 'HOME': home, 'XDG_CACHE_HOME': home,
                     'GIO_USE_PROXY_RESOLVER': 'direct', 'no_proxy': '', 'GSK_RENDERER': 'cairo'})
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        time.sleep(0.4)
        letters = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
        came = [one for listener in self.listeners for one in listener.came]
        return letters, list(self.names.names), came, list(self.tap.packets)

    def hold(self, *without):
        letters, names, came, packets = self.show(*without)
        self.assertEqual(names, [], 'names were asked for')
        self.assertEqual(came, [], 'somebody came')
        self.assertEqual(packets, [], 'packets passed')
        self.assertEqual(len(letters), len(LETTERS))
        for name, state in letters.items():
            self.assertEqual(state, ['stays', 'shown'], name)

    def test_all_walls(self):
        self.hold()

    def test_without_any_wall_letters_leave(self):
        letters, names, came, packets = self.show(*WALLS)
        print(f'# without any wall: {len(set(names))} names, {len(came)} connections, '
              f'{len(packets)} packets', flush=True)
        self.assertGreater(len(set(names)), 10)
        self.assertGreater(len(came), 10)
        self.assertGreater(len(packets), len(came))
        self.assertNotEqual(letters['refresh.html'], ['stays', 'shown'])


def without(wall):
    return lambda self: self.hold(wall)


for WALL in WALLS:
    setattr(HostileTest, f'test_without_{WALL}', without(WALL))

if __name__ == '__main__':
    if INSIDE not in os.environ:
        enter_own_network()
        print('1..0 # SKIP this system allows no network of one\'s own')
        sys.exit(0)
    tap.main()
