"""Drives the program sync-client: an account's engine that obeys line by line."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

PROGRAM = os.path.join(os.environ['PIPIT_TEST_BUILD_ROOT'], 'tests', 'sync', 'sync-client')


class SyncClient:
    def __init__(self, dovecot, user, directory=None, password=None, security='tls',
                 headers_only=False, smtp=None, link=None, timings=None, port=None):
        self.is_own = directory is None
        self._was_killed = False
        self.directory = directory or tempfile.mkdtemp(prefix='pipit-sync-')
        port = port or (dovecot.imaps_port if security == 'tls' else dovecot.imap_port)
        host = f'{link.host}:{link.reach(port)}' if link else f'localhost:{port}'
        self._process = subprocess.Popen(
            [*(link.command() if link else []), os.environ.get('SYNC_CLIENT', PROGRAM),
             self.directory, f'{host}:{security}', dovecot.ca_file, user,
             password or dovecot.users[user]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **({'SYNC_CLIENT_HEADERS_ONLY': '1'} if headers_only else {}),
                 **({'SYNC_CLIENT_SMTP': smtp} if smtp else {}),
                 **({'SYNC_CLIENT_TIMINGS': ','.join(f'{name}={ms}' for name, ms in
                                                     timings.items())} if timings else {})})

    def send(self, *words):
        self._process.stdin.write('\t'.join(str(word) for word in words) + '\n')
        self._process.stdin.flush()

    def receive(self):
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f'sync-client ended with {self._process.wait()}')
        return json.loads(line)

    def command(self, *words):
        self.send(*words)
        return self.receive()

    def sync(self, folder='*', bodies='none'):
        return self.command('sync', folder, bodies)

    def dump(self):
        return self.command('dump')['dump']

    def count(self, folder):
        return len(self.dump().get(folder, {'messages': []})['messages'])

    def body(self, folder, uid, how):
        answer = self.command('body', folder, uid, how)
        if 'bytes' in answer:
            answer['bytes'] = base64.b64decode(answer['bytes'])
        return answer

    def settle(self, quiet_s=0.5):
        while self.command('wait-for-news', quiet_s)['news']:
            pass

    def wait_until(self, condition, what, timeout_s=30):
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f'waited in vain for {what}')
            self.command('wait-for-news', 0.1)

    def kill(self, signal):
        self._process.send_signal(signal)
        self._process.wait()
        self._was_killed = True

    def close(self):
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise
        self._process.stdout.close()
        if self._process.returncode != 0 and not self._was_killed:
            raise AssertionError(f'sync-client ended with {self._process.returncode}')
        if self.is_own:
            shutil.rmtree(self.directory, ignore_errors=True)
