"""Hostile letters against a network that is only listened to: no byte leaves, no name is asked for.

The test moves into a network of its own (Linux namespaces): there is nothing but a loopback interface,
a name server that answers every name with this host and remembers the question, and listeners that
remember what comes. Below them a packet socket counts all that passes, whatever port it goes to. Only the
attempts to reach the dead proxy of the session may be there: they carry no byte of a message.

With each wall taken away in turn the others hold. With all of them taken away the letters must be seen to
leave: else this test would prove nothing.
"""

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

import own_network
from own_network import Listener, NameServer
from servers import Desktop, tap

VIEW = os.path.join(os.environ['PIPIT_TEST_BUILD_ROOT'], 'tests', 'ui', 'hostile', 'hostile-view')
HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = sorted(os.path.join(HERE, 'letters', name) for name in os.listdir(os.path.join(HERE, 'letters')))
WALLS = ['script', 'policy', 'filter', 'session', 'features', 'settings', 'navigation']
DEAD_PROXY_PORT = 1
LISTENING = (80, 443, 8080, 8443)


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
        own_network.set_up()
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
    if not own_network.is_inside():
        own_network.enter_or_skip()
    tap.main()
