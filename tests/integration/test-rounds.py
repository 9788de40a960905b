"""How often something goes to the server and back before a person sees it.

servers.proxy.Rounds withholds every answer until the client has sent all that it can send without:
what is counted are round trips, on any machine at any speed. Of TLS 1.3 there are three before the first
of these: TCP, the handshake, and the greeting that comes behind it.
"""

import os
import tempfile
import unittest

from servers import Dovecot, letters, process, tap
from servers.proxy import Rounds
from sync_client import SyncClient

BEFORE = 3
SIGN_IN = [r'AUTHENTICATE PLAIN \S+$']
AFTER_SIGN_IN = ['CAPABILITY$', 'ID ', 'NAMESPACE$', 'ENABLE ']
FETCH_FACTS = r'UID FETCH \S+ \(UID FLAGS .*HEADER\.FIELDS'


class RoundsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dovecot = cls.enterClassContext(Dovecot())
        cls.many = list(letters.letters(120))

    def start(self, user, rounds, directory=None):
        """A live client whose first connection has these rounds to go."""
        if directory is None or not os.listdir(directory):
            self.proxy = Rounds(self.dovecot.imap_port, rounds)
            self.addCleanup(self.proxy.close)
        else:
            self.proxy.expect(rounds)
        client = SyncClient(self.dovecot, user, security='none', port=self.proxy.port,
                            headers_only=True, directory=directory)
        self.addCleanup(client.close)
        client.command('live')
        return client

    def play(self, client):
        self.proxy.wait(lambda: client.command('wait-for-news', 0.02))

    def rows(self, client):
        return client.dump().get('INBOX', {'messages': []})['messages']

    def directory(self):
        directory = tempfile.mkdtemp(prefix='pipit-rounds-')
        self.addCleanup(process.remove_directory, directory)
        return directory

    def say(self, what):
        trips = BEFORE + self.proxy.done
        print(f'# {what}: {trips} round trips from TCP with TLS 1.3', flush=True)
        return trips

    def test_first_sign_in_to_the_first_rows(self):
        self.dovecot.save('alice', 'INBOX', self.many)
        client = self.start('alice', [
            SIGN_IN,
            [*AFTER_SIGN_IN, 'SELECT "?INBOX', r'LIST "" "\*"'],
            [FETCH_FACTS],
        ])
        self.play(client)
        client.wait_until(lambda: len(self.rows(client)) >= 50, 'the first rows')
        self.assertLessEqual(self.say('first sign-in to 50 rows'), 7)

    def test_start_with_a_warm_cache(self):
        self.dovecot.save('bob', 'INBOX', self.many)
        directory = self.directory()
        client = self.start('bob', [], directory)
        client.wait_until(lambda: client.command('status')['live'], 'the end of the first sync')
        client.settle()
        client.close()

        client = self.start('bob', [
            SIGN_IN,
            [*AFTER_SIGN_IN, r'SELECT "?INBOX"? \(QRESYNC', r'LIST "" "\*"'],
        ], directory)
        self.play(client)
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        self.assertEqual(self.proxy.sent('UID (FETCH|SEARCH)'), [])
        self.assertLessEqual(self.say('start with a warm cache'), 5)


if __name__ == '__main__':
    tap.main()
