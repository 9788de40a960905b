"""A slow network on one machine: delay, rate and loss between a client and servers on loopback.

The client runs in a network namespace of its own. Between it and the host's side lies a pair of TUN
devices; a thread carries each packet from one to the other when its time has come. So TCP itself
has the round trips, the queue in front of the slow part and the losses, as with tc's netem, which
not every kernel has.
"""

import ctypes
import fcntl
import heapq
import ipaddress
import itertools
import os
import random
import select
import socket
import struct
import subprocess
import threading
import time

from . import process

TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PACKET_BYTES = 1500
QUEUE_PACKETS = 1000


def is_available():
    """Whether this machine lets a test make namespaces and TUN devices."""
    if os.geteuid() != 0 or not os.access('/dev/net/tun', os.R_OK | os.W_OK):
        return False
    return subprocess.run(['unshare', '--net', 'true'], stderr=subprocess.DEVNULL).returncode == 0


class Direction:
    """One way: a queue with a rate at its end, then a delay."""

    def __init__(self, source, target, delay_s, bytes_per_second, loss, chance):
        self.source, self.target = source, target
        self.delay_s, self.rate, self.loss, self.chance = delay_s, bytes_per_second, loss, chance
        self.free_at = 0.0
        self.bytes = 0
        self.packets = 0

    def take(self, packet, now):
        """Returns when the packet arrives, or None when it is lost."""
        self.bytes += len(packet)
        self.packets += 1
        if self.loss and self.chance.random() < self.loss:
            return None
        if not self.rate:
            return now + self.delay_s
        begins = max(now, self.free_at)
        if (begins - now) * self.rate > QUEUE_PACKETS * PACKET_BYTES:
            return None
        self.free_at = begins + len(packet) / self.rate
        return self.free_at + self.delay_s


class Link:
    """`with Link(rtt_ms=100, kbit=2000, loss=0.01) as link:`; servers are reached at link.host.

    @rtt_ms: of the way there and back
    @kbit: kilobits a second each way, 0 for as many as there are
    @loss: share of the packets that are lost, each way; always the same ones
    """

    def __init__(self, rtt_ms=0, kbit=0, loss=0.0):
        number = random.randrange(1, 60)
        self.names = [f'ppt{os.getpid()}{side}'[-15:] for side in 'ab']
        network = ipaddress.ip_network(f'10.77.{number}.0/30')
        self.host, self._client = (str(address) for address in network.hosts())
        self.set(rtt_ms, kbit, loss)
        self._relays = []
        self._lock = threading.Lock()

    def set(self, rtt_ms, kbit=0, loss=0.0):
        """Changes the link, before or while it is in use."""
        self.rtt_ms, self.kbit, self.loss = rtt_ms, kbit, loss
        for direction in getattr(self, '_directions', []):
            direction.delay_s, direction.rate = rtt_ms / 2000, kbit * 125
            direction.loss = loss

    def __enter__(self):
        self._holder = process.start(['unshare', '--net', 'sleep', 'infinity'])
        process.wait_until(self._is_apart, 'a network namespace')
        try:
            self._open()
        except BaseException:
            process.stop(self._holder)
            raise
        return self

    def __exit__(self, *unused):
        self._stopping = True
        os.write(self._wake[1], b'x')
        self._thread.join()
        for relay in self._relays:
            relay.close()
        for fd in (*self._fds, *self._wake):
            os.close(fd)
        process.stop(self._holder)

    def _is_apart(self):
        try:
            return os.readlink(f'/proc/{self._holder.pid}/ns/net') != os.readlink('/proc/self/ns/net')
        except OSError:
            return False

    def _open(self):
        self._fds = [self._make_tun(name) for name in self.names]
        pid = self._holder.pid
        self._ip('link', 'set', self.names[1], 'netns', str(pid))
        self._ip('addr', 'add', self.host, 'peer', self._client, 'dev', self.names[0])
        self._ip('link', 'set', self.names[0], 'up')
        for words in (['link', 'set', 'lo', 'up'],
                      ['addr', 'add', self._client, 'peer', self.host, 'dev', self.names[1]],
                      ['link', 'set', self.names[1], 'up']):
            subprocess.run([*self.command(), 'ip', *words], check=True)
        chance = random.Random(1)
        self._directions = [Direction(a, b, self.rtt_ms / 2000, self.kbit * 125, self.loss, chance)
                            for a, b in (self._fds, self._fds[::-1])]
        self._wake = os.pipe()
        self._stopping = False
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    @staticmethod
    def _ip(*words):
        subprocess.run(['ip', *words], check=True)

    @staticmethod
    def _make_tun(name):
        fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH', name.encode(), IFF_TUN | IFF_NO_PI))
        return fd

    def command(self):
        """Returns what to put before a command that is to run on the client's side."""
        return ['nsenter', f'--net=/proc/{self._holder.pid}/ns/net', '--']

    def reach(self, port):
        """Makes a port of loopback reachable at link.host; returns its number there."""
        relay = Relay(self.host, port)
        self._relays.append(relay)
        return relay.port

    def sent(self):
        """Returns how many bytes have gone each way: to the client, and from it."""
        return tuple(direction.bytes for direction in self._directions)

    def _carry(self):
        waiting = []
        order = itertools.count()
        libc = ctypes.CDLL(None)
        # PR_SET_TIMERSLACK: a millisecond of sleep is to be one
        libc.prctl(29, 1000)
        while not self._stopping:
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, target, packet = heapq.heappop(waiting)
                try:
                    os.write(target, packet)
                except OSError:
                    pass
            timeout = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
            ready, _, _ = select.select([*self._fds, self._wake[0]], [], [], timeout)
            now = time.monotonic()
            for direction in self._directions:
                if direction.source not in ready:
                    continue
                for _ in range(64):
                    try:
                        packet = os.read(direction.source, 65536)
                    except OSError:
                        break
                    due = direction.take(packet, now)
                    if due is not None:
                        heapq.heappush(waiting, (due, next(order), direction.target, packet))


class Relay:
    """Carries connections to an address on to the same port of loopback."""

    def __init__(self, host, port):
        self._target = port
        self._listener = socket.create_server((host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(('127.0.0.1', self._target))
            except OSError:
                client.close()
                continue
            for one, other in ((client, server), (server, client)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    @staticmethod
    def _copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
