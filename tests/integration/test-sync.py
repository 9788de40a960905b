"""An account's engine against a real Dovecot: after each sync the cache equals the server.

What the server has is asked of it by another client, imaplib, which shares no code with ours.
"""

import email.message
import email.policy
import os
import random
import re
import signal
import time
import unittest

from servers import Dovecot, tap
from sync_client import SyncClient
from truth import folder_names, numbered, shown_name, truth_of

USES = {'INBOX': 1, 'Drafts': 2, 'Sent': 3, 'Archive': 4, 'Junk': 5, 'Trash': 6}


class SyncTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot(users={name: 'pw' for name in
                                     'alice bob carol dora emil fritz gina hugo ida jon kim lena mona'.split()})
        cls.dovecot.start()

    @classmethod
    def tearDownClass(cls):
        cls.dovecot.close()

    def client(self, user, **options):
        client = SyncClient(self.dovecot, user, **options)
        self.addCleanup(client.close)
        return client

    def assert_equal_to_server(self, client, user):
        imap = self.dovecot.imap(user)
        cached = client.dump()
        names = folder_names(imap)
        self.assertEqual(sorted(name for name in cached if cached[name]['selectable']),
                         sorted(shown_name(name) for name in names))
        for name in names:
            truth = truth_of(imap, name)
            ours = {row['uid']: (row['flags'], row['keywords'], row['size'], row['message_id'])
                    for row in cached[shown_name(name)]['messages']}
            different = {uid: (ours.get(uid), truth.get(uid)) for uid in set(ours) | set(truth)
                         if ours.get(uid) != truth.get(uid)}
            self.assertFalse(different, f'{name}: {str(different)[:1000]}')
        imap.logout()
        return cached

    def test_first_sync_brings_all_folders(self):
        self.dovecot.save('alice', 'INBOX', [numbered(n) for n in range(30)])
        self.dovecot.fill('alice', 'Lists/dev', 450)
        imap = self.dovecot.imap('alice')
        imap.create('"&AMQ-pfel &- Birnen"')
        client = self.client('alice')
        report = client.sync()
        self.assertNotIn('error', report)
        cached = self.assert_equal_to_server(client, 'alice')
        self.assertIn('Äpfel & Birnen', cached)
        self.assertEqual(len(cached['Lists/dev']['messages']), 450)
        for name, use in USES.items():
            self.assertEqual(cached[name]['use'], use, name)
        self.assertTrue(all(folder['checked'] for folder in cached.values()
                            if folder['selectable']))
        again = client.sync()
        self.assertEqual((again['new'], again['gone'], again['flags']), (0, 0, 0))

    def test_later_syncs_follow_another_client(self):
        self.dovecot.save('bob', 'INBOX', [numbered(n) for n in range(300)])
        client = self.client('bob')
        client.sync()
        imap = self.dovecot.imap('bob')
        imap.select('INBOX')
        imap.uid('STORE', '1:10', '+FLAGS', '(\\Seen)')
        imap.uid('STORE', '5,7,250', '+FLAGS', '(\\Flagged)')
        imap.uid('STORE', '20:22', '+FLAGS', '($Forwarded Holiday Work)')
        imap.uid('STORE', '30', '+FLAGS', '(\\Deleted)')
        imap.expunge()
        for n in range(300, 312):
            imap.append('INBOX', None, None, numbered(n))
        report = client.sync()
        self.assertEqual((report['new'], report['gone'], report['flags']), (12, 1, 14))
        self.assert_equal_to_server(client, 'bob')

        imap.uid('STORE', '21', '-FLAGS', '(Holiday $Forwarded)')
        imap.uid('MOVE', '40:49', 'Archive')
        imap.uid('COPY', '50:59', 'Sent')
        imap.append('Drafts', '(\\Draft \\Seen)', None, numbered(400))
        client.sync()
        self.assert_equal_to_server(client, 'bob')

    def change_at_random(self, imap, chance, count):
        imap.select('INBOX')
        for _ in range(count):
            uids = imap.uid('SEARCH', 'ALL')[1][0].decode().split()
            some = ','.join(chance.sample(uids, min(len(uids), chance.randint(1, 40))))
            what = chance.randrange(6)
            if what == 0:
                imap.append('INBOX', None, None, numbered(chance.getrandbits(40)))
            elif what == 1:
                imap.uid('STORE', some, '+FLAGS', chance.choice(['\\Seen', '\\Flagged', 'Word']))
            elif what == 2:
                imap.uid('STORE', some, '-FLAGS', chance.choice(['\\Seen', '\\Flagged', 'Word']))
            elif what == 3:
                imap.uid('STORE', some.split(',')[0], '+FLAGS', '\\Deleted')
                imap.expunge()
            elif what == 4:
                imap.uid('MOVE', some.split(',')[0], 'Archive')
            else:
                imap.uid('COPY', some, 'Sent')

    def test_random_changes_are_followed(self):
        self.dovecot.save('kim', 'INBOX', [numbered(n) for n in range(400)])
        client = self.client('kim')
        client.sync()
        imap = self.dovecot.imap('kim')
        chance = random.Random(11)
        for _ in range(8):
            self.change_at_random(imap, chance, 25)
            self.assertNotIn('error', client.sync())
            self.assert_equal_to_server(client, 'kim')

        # and while it syncs
        for _ in range(6):
            client.send('sync', '*', 'none')
            self.change_at_random(imap, chance, 15)
            client.receive()
        self.assertNotIn('error', client.sync())
        self.assert_equal_to_server(client, 'kim')

    def test_folders_come_go_and_change_their_names(self):
        self.dovecot.save('carol', 'Old', [numbered(n) for n in range(40)])
        self.dovecot.save('carol', 'Doomed', [numbered(n) for n in range(50, 60)])
        client = self.client('carol')
        client.sync()
        before = client.dump()
        imap = self.dovecot.imap('carol')
        imap.rename('Old', 'New')
        imap.delete('Doomed')
        imap.create('Made')
        imap.append('Made', None, None, numbered(70))
        report = client.sync()
        self.assertNotIn('error', report)
        after = self.assert_equal_to_server(client, 'carol')
        self.assertEqual(after['New']['id'], before['Old']['id'], 'a rename keeps the folder')
        self.assertEqual({row['uid']: row['location'] for row in after['New']['messages']},
                         {row['uid']: row['location'] for row in before['Old']['messages']})
        self.assertEqual(report['new'], 1)

    def test_changed_uidvalidity_keeps_messages(self):
        self.dovecot.save('dora', 'Work', [numbered(n) for n in range(60)])
        client = self.client('dora')
        client.sync()
        client.body('Work', 10, 'whole')
        before = client.dump()['Work']
        imap = self.dovecot.imap('dora')
        imap.delete('Work')
        time.sleep(1.1)
        self.dovecot.save('dora', 'Work', [numbered(n) for n in range(59, 9, -1)])
        client.sync()
        after = self.assert_equal_to_server(client, 'dora')['Work']
        self.assertNotEqual(after['uid_validity'], before['uid_validity'])
        old = {row['message_id']: row['location'] for row in before['messages']}
        new = {row['message_id']: row['location'] for row in after['messages']}
        self.assertEqual(new, {key: old[key] for key in new})
        whole = [row for row in after['messages'] if row['message_id'] == 'number-9@people.example']
        self.assertEqual(whole, [])
        self.assertEqual(client.sync()['gone'], 0)

    def test_killed_first_syncs_are_resumed(self):
        self.dovecot.fill('emil', 'INBOX', 12000)
        chance = random.Random(7)
        directory = None
        seen = []
        for _ in range(6):
            client = self.client('emil', directory=directory)
            directory = client.directory
            client.send('sync', '*', 'none')
            time.sleep(chance.uniform(0.05, 0.45))
            client.kill(signal.SIGKILL)
            look = self.client('emil', directory=directory)
            seen.append(look.count('INBOX'))
            look.close()
        self.assertEqual(seen, sorted(seen), 'nothing that was there is lost')
        client = self.client('emil', directory=directory)
        report = client.sync()
        self.assertNotIn('error', report)
        self.assert_equal_to_server(client, 'emil')
        self.assertEqual(report['new'], 12000 - seen[-1], 'and nothing is fetched twice')

    def test_live_account_hears_at_once(self):
        self.dovecot.save('fritz', 'INBOX', [numbered(n) for n in range(20)])
        client = self.client('fritz')
        client.command('live')
        client.wait_until(lambda: client.command('status')['live'], 'IDLE')
        client.wait_until(lambda: client.command('status')['state'] == 'up-to-date', 'the rest')
        client.settle()
        begun = time.monotonic()
        self.dovecot.deliver('fritz', numbered(100))
        client.wait_until(lambda: client.count('INBOX') == 21, 'the new message')
        self.assertLess(time.monotonic() - begun, 20)

        imap = self.dovecot.imap('fritz')
        imap.select('INBOX')
        begun = time.monotonic()
        imap.uid('STORE', '3', '+FLAGS', '(\\Flagged)')
        imap.uid('STORE', '4', '+FLAGS', '(\\Deleted)')
        imap.expunge()
        client.wait_until(lambda: 4 not in [row['uid'] for row in client.dump()['INBOX']['messages']],
                          'the expunge')
        client.wait_until(lambda: [row['flags'] & 2 for row in client.dump()['INBOX']['messages']
                                   if row['uid'] == 3] == [2], 'the flag')
        self.assertLess(time.monotonic() - begun, 20)
        self.assert_equal_to_server(client, 'fritz')

        # the connection breaks: it comes back by itself and catches up
        self.dovecot.kick('fritz')
        self.dovecot.deliver('fritz', numbered(101))
        client.wait_until(lambda: client.count('INBOX') == 21, 'catching up')
        self.assertLess(client.command('quit')['elapsed_us'], 2_000_000)

    def test_bodies_come_whole_or_by_parts(self):
        large = email.message.EmailMessage(policy=email.policy.SMTP)
        large['From'] = 'a@b.example'
        large['Subject'] = 'With a file'
        large['Message-ID'] = '<large@people.example>'
        large.set_content('The text of it.\n')
        large.add_attachment(os.urandom(300_000), maintype='application', subtype='pdf',
                             filename='Bericht ä.pdf')
        small = numbered(1, body='Small text\r\n' * 10)
        self.dovecot.save('gina', 'INBOX', [small, large.as_bytes()])
        client = self.client('gina')
        client.sync()

        answer = client.body('INBOX', 1, 'text')
        self.assertEqual(answer['bytes'], self.raw('gina', 1))
        self.assertEqual(answer['whole'], 1)

        answer = client.body('INBOX', 2, 'text')
        self.assertEqual(answer['whole'], 0)
        self.assertLess(len(answer['bytes']), 10_000)
        composed = email.message_from_bytes(answer['bytes'], policy=email.policy.default)
        self.assertEqual(composed.get_body().get_content().strip(), 'The text of it.')
        self.assertEqual([part.get_filename() for part in composed.iter_attachments()],
                         ['Bericht ä.pdf'])

        answer = client.body('INBOX', 2, 'whole')
        self.assertEqual(answer['bytes'], self.raw('gina', 2))
        rows = {row['uid']: row for row in client.dump()['INBOX']['messages']}
        self.assertEqual(rows[1]['attachment'], 1)
        self.assertEqual(rows[2]['attachment'], 2)
        self.assertTrue(rows[1]['preview'].startswith('Small text'))
        self.assertTrue(rows[2]['preview'].startswith('The text'))

    def test_rows_on_the_screen_are_described(self):
        self.dovecot.save('lena', 'Lists', [numbered(n, body=f'Text {n}\r\n') for n in range(60)])
        client = self.client('lena', headers_only=True)
        client.command('live')
        client.wait_until(lambda: client.command('status')['checked'], 'the first look')
        client.command('hint', 'Lists')
        client.wait_until(lambda: [row['preview'] for row in client.dump()['Lists']['messages'][:50]]
                          == [f'Text {n}' for n in range(59, 9, -1)], 'the beginnings')
        rows = client.dump()['Lists']['messages']
        self.assertEqual({row['attachment'] for row in rows[:50]}, {1})
        self.assertEqual({row['body'] for row in rows}, {0})
        self.assertEqual({row['preview'] for row in rows[50:]}, {None})

    def test_live_account_prefetches_texts(self):
        self.dovecot.save('mona', 'Lists', [numbered(n, body=f'Text {n}\r\n') for n in range(300)])
        client = self.client('mona')
        client.command('live')
        client.wait_until(lambda: client.count('Lists') == 300, 'the rows')
        client.wait_until(lambda: {row['body'] for row in client.dump()['Lists']['messages']} == {2},
                          'all texts')

    def raw(self, user, uid):
        imap = self.dovecot.imap(user)
        imap.select('INBOX', readonly=True)
        data = imap.uid('FETCH', str(uid), 'BODY.PEEK[]')[1][0][1]
        imap.logout()
        return data

    def test_all_bodies_can_be_had_beforehand(self):
        many = [numbered(n, body=f'Text {n}\r\n' * (n % 50 + 1)) for n in range(250)]
        self.dovecot.save('hugo', 'INBOX', many)
        client = self.client('hugo')
        report = client.sync(bodies='all')
        self.assertEqual(report['bodies'], 250)
        truth = {uid: self.raw('hugo', uid) for uid in (1, 77, 250)}
        self.dovecot.stop()
        try:
            for uid, raw in truth.items():
                self.assertEqual(client.body('INBOX', uid, 'whole')['bytes'], raw)
        finally:
            self.dovecot.start()
        self.assertEqual(client.sync(bodies='all')['bodies'], 0)

    def test_limit_of_connections_is_no_wrong_password(self):
        limit = 'protocol imap {\n  mail_max_userip_connections = 1\n}\n'
        with Dovecot(users={'alice': 'pw'}, extra=limit) as dovecot:
            for n in range(12):
                dovecot.save('alice', f'Folder {n}', [numbered(k) for k in range(40)])
            client = SyncClient(dovecot, 'alice', headers_only=True)
            try:
                client.command('live')
                client.wait_until(lambda: client.command('status')['live'], 'IDLE')
                client.wait_until(lambda: client.command('status')['checked'], 'all of it')
                self.assertEqual(client.command('status')['state'], 'up-to-date')
                for n in range(12):
                    self.assertEqual(client.count(f'Folder {n}'), 40)
                self.assertLess(dovecot.log().count('Maximum number of connections'), 3,
                                'one refusal teaches it')
            finally:
                client.close()

    def test_server_that_is_away_is_told(self):
        client = self.client('ida')
        self.dovecot.stop()
        try:
            answer = client.sync()
            self.assertEqual(answer['class'], 'refused')
        finally:
            self.dovecot.start()
        self.assertNotIn('error', client.sync())

    def test_refused_password_is_asked_for_once(self):
        client = self.client('jon', password='wrong')
        self.assertEqual(client.sync()['class'], 'sign-in-refused')
        self.assertEqual(client.command('status')['state'], 'sign-in-refused')
        before = self.dovecot.log().count('auth failed')
        self.assertEqual(client.sync()['class'], 'sign-in-refused')
        self.assertEqual(self.dovecot.log().count('auth failed'), before, 'no second attempt')
        client.command('password', 'pw')
        self.assertNotIn('error', client.sync())


if __name__ == '__main__':
    tap.main()
