"""Sending, against real submission servers and such that fail: once, and one knows."""

import contextlib
import os
import sqlite3
import tempfile
import unittest
import uuid

from servers import Dovecot, ScriptedServer, open_submission, process, scripted, tap
from sync_client import SyncClient


def message(number):
    return (f'From: Alice <alice@example.test>\r\nTo: bob@example.test\r\n'
            f'Subject: Sent {number}\r\nMessage-ID: <s{number}@example.test>\r\n'
            f'Date: Mon, 13 Nov 2023 10:00:00 +0000\r\n\r\nHello {number}\r\n').encode()


class SendingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot()
        cls.addClassCleanup(cls.dovecot.close)
        cls.dovecot.start()
        cls.submission = open_submission(cls.dovecot)
        cls.submission.start()
        cls.addClassCleanup(cls.submission.stop)
        cls.folder = tempfile.mkdtemp(prefix='pipit-sending-')
        cls.addClassCleanup(process.remove_directory, cls.folder)

    def open(self, smtp=None, directory=None, password=None, dovecot=None):
        client = SyncClient(dovecot or self.dovecot, 'alice', directory=directory, password=password,
                            smtp=smtp or f'localhost:{self.submission.submissions_port}:tls')
        self.addCleanup(client.close)
        return client

    def submit(self, client, number, recipients='bob@example.test', *answered):
        path = os.path.join(self.folder, f'{number}.eml')
        with open(path, 'wb') as file:
            file.write(message(number))
        item = client.command('submit', uuid.uuid4(), 'alice@example.test', recipients, path,
                              *answered)
        self.assertNotIn('error', item)
        return item['item']

    def item(self, client, item):
        return next(row for row in client.command('outbox')['outbox'] if row['item'] == item)

    def count(self, user, folder, number):
        return self.dovecot.message_ids(user, folder).count(f'<s{number}@example.test>')

    def wait_for_arrival(self, number, count=1):
        process.wait_until(lambda: self.count('bob', 'INBOX', number) == count, 'the delivery')

    def test_sent_once_with_one_copy(self):
        client = self.open()
        client.sync()
        item = self.submit(client, 1)
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.item(client, item)['state'], 'filed')
        self.assertEqual(self.item(client, item)['answers'], [1])
        self.wait_for_arrival(1)
        self.assertEqual(self.count('alice', 'Sent', 1), 1)
        client.command('settle')
        self.assertEqual(self.count('alice', 'Sent', 1), 1)
        imap = self.dovecot.imap('alice')
        imap.select('Sent')
        found = imap.uid('SEARCH', 'SEEN', 'HEADER', 'Message-ID', 's1@example.test')[1][0]
        self.assertEqual(len(found.split()), 1)

    def refusing(self):
        """A server for sending that does not like the password."""
        def script(peer):
            peer.send('220 ready\r\n')
            while True:
                verb = peer.line()[:4].upper()
                peer.send('535 5.7.8 no\r\n' if verb == 'AUTH' else scripted.smtp_answer(verb))
        return ScriptedServer(script)

    def test_password_refused_by_smtp_is_not_shown_to_imap(self):
        with self.refusing() as server, Dovecot() as dovecot:
            client = self.open(smtp=f'127.0.0.1:{server.port}:none', dovecot=dovecot)
            dovecot.stop()
            item = self.submit(client, 50)
            client.command('settle')
            dovecot.start()
            self.assertEqual(self.item(client, item)['class'], 'sign-in-refused')
            status = client.command('status')
            self.assertEqual((status['state'], status['class'], status['for_smtp']),
                             ('sign-in-refused', 'sign-in-refused', 1))
            self.assertEqual(client.sync()['class'], 'sign-in-refused')
            self.assertNotIn('Login', dovecot.log(), 'no attempt at all')
            client.command('act', item, 'retry')
            client.command('settle')
            self.assertEqual(len(server.peers), 1, 'nor here once more')

            # a person who insists has one more attempt
            client.command('password', 'alicepw')
            self.assertEqual(client.command('status')['class'], None)
            self.assertNotIn('error', client.sync())

    def test_password_that_imap_has_just_taken_stays_good_there(self):
        with self.refusing() as server:
            client = self.open(smtp=f'127.0.0.1:{server.port}:none')
            client.sync()
            item = self.submit(client, 52)
            client.command('settle')
            self.assertEqual(self.item(client, item)['class'], 'sign-in-refused')
            self.assertEqual(client.command('status')['for_smtp'], 1)
            client.command('act', item, 'retry')
            client.command('settle')
            self.assertEqual(len(server.peers), 1, 'one attempt')
            self.assertNotIn('error', client.sync())

    def test_password_refused_by_imap_is_not_shown_to_smtp(self):
        client = self.open(password='wrong')
        self.assertEqual(client.sync()['class'], 'sign-in-refused')
        item = self.submit(client, 51)
        before = self.dovecot.log().count('auth failed')
        client.command('settle')
        self.assertEqual(self.item(client, item)['class'], 'sign-in-refused')
        self.assertEqual(self.dovecot.log().count('auth failed'), before, 'no second attempt')
        self.assertEqual(client.command('status')['for_smtp'], 0)

    def test_what_is_answered_gets_its_mark(self):
        self.dovecot.save('alice', 'INBOX', [message(100)])
        client = self.open()
        client.sync()
        self.submit(client, 2, 'bob@example.test', 'INBOX', 's100@example.test')
        self.assertNotIn('error', client.command('settle'))
        imap = self.dovecot.imap('alice')
        imap.select('INBOX')
        self.assertEqual(len(imap.uid('SEARCH', 'ANSWERED')[1][0].split()), 1)

    def test_one_refused_recipient_stops_the_message(self):
        client = self.open()
        client.sync()
        item = self.submit(client, 3, 'bob@example.test,nobody@example.test')
        self.assertIn('error', client.command('settle'))
        row = self.item(client, item)
        self.assertEqual((row['state'], row['class'], row['answers']),
                         ('failed', 'recipients-refused', [1, 3]))
        self.assertRegex(row['text'], 'nobody@example.test|550')
        client.wait_until(lambda: client.command('status')['outbox_failed'] == 1, 'the status')
        self.assertEqual(self.count('alice', 'Sent', 3), 0)
        self.assertNotIn('error', client.command('act', item, 'cancel'))

    def test_a_copy_that_the_server_made_is_not_made_again(self):
        self.dovecot.save('alice', 'Sent', [message(4)])
        client = self.open()
        client.sync()
        item = self.submit(client, 4)
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.item(client, item)['state'], 'filed')
        self.assertEqual(self.count('alice', 'Sent', 4), 1)

    def test_a_copy_is_told_by_its_message_id_alone(self):
        other = message(8).replace(b'Message-ID: <s8@example.test>\r\n',
                                   b'Message-ID: <other@example.test> (not <s8@example.test>)\r\n'
                                   b'References: <s8@example.test>\r\n')
        self.dovecot.save('alice', 'Sent', [other])
        client = self.open()
        client.sync()
        item = self.submit(client, 8)
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.item(client, item)['state'], 'filed')
        self.assertEqual(self.count('alice', 'Sent', 8), 1)

    def test_what_cannot_be_read_stops_nothing(self):
        client = self.open()
        client.sync()
        lost, good = self.submit(client, 9), self.submit(client, 10)
        with contextlib.closing(sqlite3.connect(os.path.join(client.directory, 'journal.db'))) as journal, journal:
            journal.execute('DELETE FROM outbox_bytes WHERE item = ?', (lost,))
        client.command('settle')
        row = self.item(client, lost)
        self.assertEqual((row['state'], row['class']), ('failed', 'message-lost'))
        self.assertEqual(self.item(client, good)['state'], 'filed')
        self.wait_for_arrival(10)
        self.assertNotIn('error', client.command('act', lost, 'cancel'))

    def test_retry_is_for_what_waits_or_failed(self):
        client = self.open()
        client.sync()
        item = self.submit(client, 11)
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.item(client, item)['state'], 'filed')
        for action in ('retry', 'resend', 'mark-sent', 'cancel'):
            self.assertIn('error', client.command('act', item, action), action)
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.count('alice', 'Sent', 11), 1)
        self.assertEqual(self.count('bob', 'INBOX', 11), 1)

    def test_silence_after_the_message_is_unsure(self):
        certificate = self.dovecot.authority.good()

        def hang_up(peer):
            """Takes the whole message and goes away without an answer."""
            peer.start_tls(certificate)
            peer.send('220 ready\r\n')
            while True:
                verb = peer.line()[:4].upper()
                peer.send(scripted.smtp_answer(verb))
                if verb == 'DATA':
                    while peer.line() != '.':
                        pass
                    return
        with ScriptedServer(hang_up) as server:
            client = self.open(smtp=f'localhost:{server.port}:tls')
            client.sync()
            item = self.submit(client, 5)
            self.assertIn('error', client.command('settle'))
            self.assertEqual(self.item(client, item)['state'], 'unsure')
            self.assertIn('error', client.command('settle'))
            self.assertEqual(self.item(client, item)['state'], 'unsure')
            transactions = sum(b'MAIL FROM' in peer.received for peer in server.peers)
            self.assertEqual(transactions, 1)
            self.assertEqual(self.count('alice', 'Sent', 5), 0)
            client.wait_until(lambda: client.command('status')['outbox_failed'] == 1, 'the status')
            self.assertIn('error', client.command('act', item, 'retry'))
            self.assertEqual(self.item(client, item)['state'], 'unsure')
            self.assertNotIn('error', client.command('act', item, 'mark-sent'))
            self.assertNotIn('error', client.command('settle'))
            self.assertEqual(self.item(client, item)['state'], 'filed')
            self.assertEqual(self.count('alice', 'Sent', 5), 1)

    def test_a_server_that_is_away_gets_it_later(self):
        client = self.open()
        client.sync()
        self.submission.stop()
        item = self.submit(client, 6)
        self.assertIn('error', client.command('settle'))
        row = self.item(client, item)
        self.assertEqual(row['state'], 'queued')
        self.assertIsNotNone(row['class'])
        self.submission.start()
        client.command('act', item, 'retry')
        self.assertNotIn('error', client.command('settle'))
        self.assertEqual(self.item(client, item)['state'], 'filed')
        self.wait_for_arrival(6)

    def test_taken_back_before_it_went(self):
        port = process.free_ports(1)[0]
        client = self.open(smtp=f'localhost:{port}:tls')
        item = self.submit(client, 7)
        self.assertNotIn('error', client.command('act', item, 'cancel'))
        self.assertEqual(self.item(client, item)['state'], 'cancelled')
        self.assertIn('error', client.command('act', item, 'cancel'))


if __name__ == '__main__':
    tap.main()
