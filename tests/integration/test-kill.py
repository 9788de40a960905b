"""The engine is killed at random instants while it syncs, carries out changes and sends: afterwards
nothing is lost and nothing was done twice."""

import collections
import os
import random
import re
import signal
import tempfile
import time
import unittest
import uuid

from servers import Dovecot, open_submission, process, tap
from sync_client import SyncClient

ROUNDS = 20


def message(number, name='k'):
    return (f'From: Person <person@people.example>\r\nTo: bob@example.test\r\n'
            f'Subject: Message {number}\r\nMessage-ID: <{name}{number}@example.test>\r\n'
            f'Date: Mon, 13 Nov 2023 10:00:00 +0000\r\n\r\nHello {number}\r\n').encode()


class KillTest(unittest.TestCase):
    maxDiff = 3000

    def open(self):
        client = SyncClient(self.dovecot, 'alice', directory=self.directory,
                            smtp=f'localhost:{self.submission.submissions_port}:tls')
        self.addCleanup(client.close)
        return client

    def act(self, client, number):
        """Does one of each to messages of their own; what is acknowledged has to happen."""
        first = 4 * number
        path = os.path.join(self.directory, f'{number}.eml')
        with open(path, 'wb') as file:
            file.write(message(number, 's'))
        for words in (['archive', 'INBOX', f'k{first}@example.test'],
                      ['flags', 'INBOX', f'k{first + 1}@example.test', 2, 0],
                      ['move', 'INBOX', f'k{first + 1}@example.test', 'Junk'],
                      ['copy', 'INBOX', f'k{first + 2}@example.test', 'Archive'],
                      ['delete', 'INBOX', f'k{first + 3}@example.test']):
            answer = client.command('change', *words)
            self.assertGreater(answer['change'], 0, words)
        answer = client.command('submit', uuid.uuid4(), 'alice@example.test', 'bob@example.test',
                                path)
        self.assertNotIn('error', answer)

    def tally(self, client):
        """What a killed engine has left half done."""
        for row in client.command('operations')['operations'] + client.command('outbox')['outbox']:
            if row['state'] not in ('done', 'filed'):
                self.found[row['state']] += 1

    def numbers(self, user, folder, name):
        found = [re.match(rf'<{name}(\d+)@', text) for text in
                 self.dovecot.message_ids(user, folder)]
        return sorted(int(match[1]) for match in found if match)

    def test_killed_at_random_instants(self):
        seed = int(os.environ.get('PIPIT_TEST_SEED', time.time()))
        print(f'# seed {seed}')
        instants = random.Random(seed)
        self.found = collections.Counter()
        self.directory = tempfile.mkdtemp(prefix='pipit-kill-')
        self.addCleanup(process.remove_directory, self.directory)
        self.dovecot = Dovecot()
        self.addCleanup(self.dovecot.close)
        self.dovecot.start()
        self.submission = open_submission(self.dovecot)
        self.submission.start()
        self.addCleanup(self.submission.stop)
        self.dovecot.save('alice', 'INBOX', [message(n) for n in range(4 * ROUNDS)])

        client = self.open()
        self.assertNotIn('error', client.sync())
        for number in range(ROUNDS):
            self.act(client, number)
            self.dovecot.save('alice', 'INBOX', [message(number, 'n')])
            client.send(*(['live'] if number % 2 else ['settle']))
            time.sleep(instants.uniform(0, 0.4))
            client.kill(signal.SIGKILL)
            client = self.open()
            self.tally(client)
        print(f'# found after being killed: {dict(sorted(self.found.items()))}')

        end = time.monotonic() + 30
        while 'error' in client.command('settle') and time.monotonic() < end:
            if not client.command('status')['operations_waiting'] and not any(
                    item['state'] in ('queued', 'sending', 'sent')
                    for item in client.command('outbox')['outbox']):
                break
        self.assertNotIn('error', client.sync())
        self.check(client)

    def check(self, client):
        states = {operation['state'] for operation in client.command('operations')['operations']}
        self.assertEqual(states, {'done'})
        archived = [4 * n for n in range(ROUNDS)]
        flagged = [4 * n + 1 for n in range(ROUNDS)]
        copied = [4 * n + 2 for n in range(ROUNDS)]
        deleted = [4 * n + 3 for n in range(ROUNDS)]
        self.assertEqual(self.numbers('alice', 'INBOX', 'k'), copied)
        self.assertEqual(self.numbers('alice', 'Archive', 'k'), sorted(archived + copied))
        self.assertEqual(self.numbers('alice', 'Junk', 'k'), flagged)
        self.assertEqual(self.numbers('alice', 'Trash', 'k'), deleted)
        self.assertEqual(self.numbers('alice', 'INBOX', 'n'), list(range(ROUNDS)))
        imap = self.dovecot.imap('alice')
        imap.select('Junk', readonly=True)
        self.assertEqual(len(imap.uid('SEARCH', 'FLAGGED')[1][0].split()), ROUNDS)

        items = client.command('outbox')['outbox']
        self.assertEqual(len(items), ROUNDS)
        self.assertLessEqual({item['state'] for item in items}, {'filed', 'unsure'})
        filed = sorted(int(item['message_id'][1:].split('@')[0]) for item in items
                       if item['state'] == 'filed')
        print(f'# {len(filed)} filed, {ROUNDS - len(filed)} unsure')
        self.assertEqual(self.numbers('alice', 'Sent', 's'), filed)
        process.wait_until(lambda: set(filed) <= set(self.numbers('bob', 'INBOX', 's')),
                           'the deliveries')
        arrived = self.numbers('bob', 'INBOX', 's')
        self.assertEqual(len(arrived), len(set(arrived)))

        cached = client.dump()
        for folder in ('INBOX', 'Archive', 'Junk', 'Trash', 'Sent'):
            self.assertEqual(sorted(row['message_id'] for row in cached[folder]['messages']),
                             sorted(text.strip('<>') for text in
                                    self.dovecot.message_ids('alice', folder)), folder)


if __name__ == '__main__':
    tap.main()
