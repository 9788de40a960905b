"""When the first rows are in the cache, counted from the FETCH that asks for them."""

import contextlib
import os
import socket
import sqlite3
import subprocess
import threading
import time

from bench_clients import ClientError


class Ear:
    """A go-between for one plain connection that hears when the first FETCH is sent."""

    def __init__(self, port):
        self.fetched = None
        self._port = port
        self._listener = socket.create_server(('127.0.0.1', 0))
        self._listener.settimeout(10)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(('127.0.0.1', self._port))
                for one in (client, server):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(server, client, False),
                                 daemon=True).start()
                threading.Thread(target=self._pass, args=(client, server, True),
                                 daemon=True).start()

    def _pass(self, source, target, is_client):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 18):
                if is_client and self.fetched is None and b'UID FETCH' in data:
                    self.fetched = time.monotonic()
                target.sendall(data)
            target.close()

    def close(self):
        self._listener.close()


def has_rows(path):
    try:
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
            return database.execute('SELECT 1 FROM location LIMIT 1').fetchone() is not None
    except sqlite3.OperationalError:
        return False


def first_rows_ms(lab, user):
    """Returns the milliseconds until the first transaction with messages is committed."""
    ear = Ear(lab.port('none'))
    profile = lab.profile(user, 'none', ear.port)
    cache = os.path.join(profile, 'data', 'cache.db')
    child = subprocess.Popen(lab.sync_command(profile), stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while ear.fetched is None or not has_rows(cache):
            if time.monotonic() > end:
                raise ClientError('there were no rows in half a minute')
            time.sleep(0.0005)
        return (time.monotonic() - ear.fetched) * 1000
    finally:
        child.kill()
        child.wait()
        ear.close()
        lab.drop(profile)
