"""The same day with each kind of IMAP server: sync, operations, search, IDLE.

  test-servers-matrix.py cyrus|courier|dovecot|dovecot-2.4 [TEST...]

Needs root: servers whose packages this machine cannot have run in another root. Run by
`build-aux/test --servers`.
"""

import random
import re
import sys
import time
import unittest

from servers import Dovecot, tap
from servers.courier import Courier
from servers.cyrus import Cyrus
from servers.elsewhere import Tree, Unavailable
from sync_client import SyncClient
from truth import folder_names, numbered, shown_name, truth_of

SEEN, FLAGGED = 1, 2
TRIXIE_PACKAGES = ['dovecot-imapd', 'dovecot-lmtpd', 'dovecot-submissiond']
USERS = {name: f'{name}pw' for name in 'ada ben cleo dan eve finn gus hal ivy jim'.split()}

SERVERS = {
    'dovecot': lambda: Dovecot(users=USERS),
    'dovecot-2.4': lambda: Dovecot(users=USERS, root=Tree('trixie', TRIXIE_PACKAGES)),
    'cyrus': lambda: Cyrus(users=USERS),
    'courier': lambda: Courier(users=USERS),
}


class MatrixTest(unittest.TestCase):
    maxDiff = 2000
    make_server = None
    people = iter(USERS)

    @classmethod
    def setUpClass(cls):
        try:
            cls.server = cls.make_server()
        except Unavailable as error:
            raise unittest.SkipTest(str(error)) from error
        cls.server.start()
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.user = next(self.people)
        self.imap = self.server.imap(self.user)
        prefix = re.match(rb'\(\("([^"]*)"', self.imap.namespace()[1][0])[1].decode()
        self.prefix = prefix

    def wire(self, folder):
        return folder if folder == 'INBOX' else self.prefix + folder

    def append(self, folder, messages):
        for message in messages:
            self.assertEqual(self.imap.append(f'"{self.wire(folder)}"', None, None, message)[0],
                             'OK')

    def make(self, folder):
        self.imap.create(f'"{self.wire(folder)}"')
        self.imap.subscribe(f'"{self.wire(folder)}"')

    def synced(self, **options):
        client = SyncClient(self.server, self.user, **options)
        self.addCleanup(client.close)
        self.assertNotIn('error', client.sync())
        return client

    def find(self, cached, wire):
        """The cache's folder of a name on the wire, whatever it is shown as."""
        shown = shown_name(wire)
        for name in (shown, shown.removeprefix(self.prefix)):
            if name in cached:
                return cached[name]
        self.fail(f'{shown} is not among {sorted(cached)}')

    def assert_equal_to_server(self, client):
        cached = client.dump()
        other = self.server.imap(self.user)
        names = folder_names(other)
        self.assertEqual(sum(folder['selectable'] for folder in cached.values()), len(names))
        for name in names:
            truth = truth_of(other, name)
            ours = {row['uid']: (row['flags'], row['keywords'], row['size'], row['message_id'])
                    for row in self.find(cached, name)['messages']}
            different = {uid: (ours.get(uid), truth.get(uid)) for uid in set(ours) | set(truth)
                         if ours.get(uid) != truth.get(uid)}
            self.assertFalse(different, f'{name}: {str(different)[:1000]}')
        other.logout()
        return cached

    def truth(self, folder):
        other = self.server.imap(self.user)
        found = truth_of(other, self.wire(folder))
        other.logout()
        return {re.match(r'number-(\d+)@', one[3])[1]: one for one in found.values()}

    # sync

    def test_first_sync_and_later_ones(self):
        self.append('INBOX', [numbered(n) for n in range(40)])
        self.make('Work')
        self.make('&AMQ-pfel')
        self.append('Work', [numbered(n) for n in range(100, 110)])
        client = self.synced()
        self.assert_equal_to_server(client)

        self.imap.select('INBOX')
        self.imap.uid('STORE', '1:10', '+FLAGS', '(\\Seen)')
        self.imap.uid('STORE', '3', '+FLAGS', '(\\Flagged \\Answered)')
        self.imap.uid('STORE', '20:22', '+FLAGS', '(\\Deleted)')
        self.imap.expunge()
        self.append('INBOX', [numbered(n) for n in range(40, 45)])
        self.imap.rename(f'"{self.wire("Work")}"', f'"{self.wire("Labour")}"')
        self.assertNotIn('error', client.sync())
        self.assertNotIn('error', client.sync())
        cached = self.assert_equal_to_server(client)
        self.assertEqual(len(cached['INBOX']['messages']), 42)

    def test_random_changes_of_another_client(self):
        chance = random.Random(7)
        number = 0
        self.append('INBOX', [numbered(n) for n in range(60)])
        client = self.synced()
        for _ in range(4):
            self.imap.select('INBOX')
            for _ in range(25):
                uids = self.imap.uid('SEARCH', 'ALL')[1][0].split()
                some = ','.join(uid.decode() for uid in chance.sample(uids, min(3, len(uids))))
                match chance.randrange(5):
                    case 0 | 1:
                        self.imap.uid('STORE', some, '+FLAGS', '(\\Seen \\Flagged)')
                    case 2:
                        self.imap.uid('STORE', some, '-FLAGS', '(\\Seen)')
                    case 3:
                        self.imap.uid('STORE', some.split(',', 1)[0], '+FLAGS', '(\\Deleted)')
                        self.imap.expunge()
                    case 4:
                        number += 1
                        self.append('INBOX', [numbered(1000 + number)])
            self.assertNotIn('error', client.sync())
            self.assert_equal_to_server(client)

    def test_bodies_are_the_server_s(self):
        letters = [numbered(n, body='Grüße ' * 200 + '\r\n') for n in range(5)]
        self.append('INBOX', letters)
        client = self.synced()
        self.assertEqual(client.sync(bodies='all')['bodies'], 5)
        for uid, letter in enumerate(letters, 1):
            self.assertEqual(client.body('INBOX', uid, 'whole')['bytes'], letter)

    # search

    def test_the_server_searches_texts(self):
        self.append('INBOX', [numbered(n, body=f'{"Zwetschgenröster" if n % 3 == 0 else "x"}\r\n')
                              for n in range(10)])
        client = self.synced()
        self.append('INBOX', [numbered(99, body='Noch ein Zwetschgenröster\r\n')])
        self.assertEqual(client.command('search', 'INBOX', 'Zwetschgenröster'),
                         {'found': 5, 'absent': 0})
        self.assertEqual(client.command('search', 'INBOX', 'Marille')['found'], 0)

    # operations

    def test_operations_and_undo(self):
        self.append('INBOX', [numbered(n) for n in range(8)])
        for folder in ('Archive', 'Trash', 'Junk'):
            if self.wire(folder) not in folder_names(self.imap):
                self.make(folder)
        client = self.synced()
        names = client.dump()
        shown = {folder: next(name for name in names if name.split('.')[-1] == folder)
                 for folder in ('Archive', 'Trash')}

        def change(*words):
            answer = client.command('change', *words)
            self.assertNotIn('error', answer)
            return answer['change']

        def letter(*numbers):
            return ','.join(f'number-{number}@people.example' for number in numbers)

        change('flags', 'INBOX', letter(1, 2), SEEN | FLAGGED, 0)
        change('move', 'INBOX', letter(3), shown['Archive'])
        change('delete', 'INBOX', letter(4))
        change('copy', 'INBOX', letter(1), shown['Archive'])
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.truth('INBOX')['1'][0], SEEN | FLAGGED)
        self.assertEqual(sorted(self.truth('Archive')), ['1', '3'])
        self.assertEqual(sorted(self.truth('Trash')), ['4'])
        moved = change('move', 'INBOX', letter(5, 6), shown['Archive'])
        self.assertNotIn('error', client.command('settle'))
        self.assertNotIn('error', client.command('undo', moved))
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(sorted(self.truth('Archive')), ['1', '3'])
        present = {number for number, one in self.truth('INBOX').items() if not one[0] & 32}
        self.assertLessEqual({'0', '1', '2', '5', '6', '7'}, present)
        self.assertNotIn('error', client.sync())
        self.assert_equal_to_server(client)

        change('expunge', shown['Trash'], letter(4))
        self.assertNotIn('error', client.command('settle'))
        self.assertNotIn('4', self.truth('Trash'))

    def test_a_role_without_a_folder_gets_one(self):
        self.append('INBOX', [numbered(1)])
        for name in folder_names(self.imap):
            if name.endswith('Archive'):
                self.imap.delete(f'"{name}"')
        client = self.synced()
        self.assertNotIn('error', client.command('change', 'archive', 'INBOX',
                                                 'number-1@people.example'))
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(sorted(self.truth('Archive')), ['1'])

    # live

    def test_a_live_account_hears(self):
        self.append('INBOX', [numbered(n) for n in range(3)])
        client = SyncClient(self.server, self.user)
        self.addCleanup(client.close)
        client.command('live')
        client.wait_until(lambda: client.count('INBOX') == 3, 'the first sync')
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        begun = time.monotonic()
        self.append('INBOX', [numbered(77)])
        client.wait_until(lambda: client.count('INBOX') == 4, 'the new message')
        print(f'# heard after {time.monotonic() - begun:.2f} s')
        self.imap.select('INBOX')
        self.imap.uid('STORE', '1', '+FLAGS', '(\\Flagged)')
        client.wait_until(lambda: client.dump()['INBOX']['messages'] and any(
            row['flags'] & FLAGGED for row in client.dump()['INBOX']['messages']), 'the flag')
        self.imap.uid('STORE', '2', '+FLAGS', '(\\Deleted)')
        self.imap.expunge()
        client.wait_until(lambda: client.count('INBOX') == 3, 'the expunge')

    def test_a_wrong_password_is_told_from_other_failures(self):
        client = SyncClient(self.server, self.user, password='certainly-not')
        self.addCleanup(client.close)
        self.assertEqual(client.sync()['class'], 'sign-in-refused')

    def test_starttls(self):
        self.append('INBOX', [numbered(1)])
        client = self.synced(security='starttls')
        self.assert_equal_to_server(client)


if __name__ == '__main__':
    MatrixTest.make_server = staticmethod(SERVERS[sys.argv.pop(1)])
    tap.main()
