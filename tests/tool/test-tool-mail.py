"""pipitctl sync, folders, list, show, parts, status against a real Dovecot."""

import base64
import email.message
import email.policy
import fcntl
import os
import shutil
import sqlite3
import time
import struct
import sys

import toolrun
from mailtest import ADDRESS, MailTest
from servers import tap
from toolrun import CERTIFICATE, DONE, FAILED, IN_USE, NOT_REACHABLE, SECRETS, SIGN_IN, USAGE

PICTURE = bytes(range(256)) * 40


def make_message(subject, **fields):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message['From'] = 'Bärbel <baerbel@people.example>'
    message['To'] = ADDRESS
    message['Subject'] = subject
    message['Date'] = 'Tue, 03 Nov 2026 10:42:00 +0100'
    message['Message-ID'] = f'<{abs(hash(subject))}@people.example>'
    for name, value in fields.items():
        message[name.replace('_', '-')] = value
    return message


def with_files():
    message = make_message('Files \x1b[31m and more')
    message.set_content('The text, with ümlauts.\n')
    message.add_alternative('<p>The <b>HTML</b></p>', subtype='html')
    message.add_attachment(PICTURE, maintype='image', subtype='png', filename='../../pícture.png')
    message.add_attachment(b'second', maintype='application', subtype='octet-stream', filename='data.bin')
    message.add_attachment(b'third', maintype='application', subtype='octet-stream', filename='data.bin')
    return message


class Mail(MailTest):
    def test_everything_arrives(self):
        self.account()
        self.dovecot.fill('alice', 'INBOX', 120)
        self.assertEqual(self.done('folders'), [])
        report = self.done('sync', '--bodies', 'none')[0]
        self.assertTrue(report['done'])
        self.assertEqual((report['new'], report['gone'], report['failures']), (120, 0, []))
        self.assertEqual(self.folder('INBOX')['messages'], 120)
        self.assertEqual(self.folder('INBOX')['state'], 'complete')
        self.assertEqual(self.folder('Sent')['role'], 'sent')
        again = self.done('sync')[0]
        self.assertEqual((again['new'], again['gone']), (0, 0))

    def test_list(self):
        self.account()
        self.dovecot.fill('alice', 'INBOX', 30)
        self.done('sync', '--bodies', 'none')
        rows = self.done('list', 'inbox')
        self.assertEqual(len(rows), 30)
        self.assertEqual(len({row['id'] for row in rows}), 30)
        self.assertEqual([row['sort_date_unix'] for row in rows],
                         sorted((row['sort_date_unix'] for row in rows), reverse=True))
        self.assertEqual({row['uid'] for row in rows}, set(range(1, 31)))
        self.assertEqual(self.done('list', 'INBOX', '--limit', '3'), rows[:3])
        unread = self.done('list', 'INBOX', '--unread')
        self.assertEqual(unread, [row for row in rows if '\\Seen' not in row['flags']])
        for row in rows:
            self.assertTrue(row['message_id'] and row['subject'] and row['from'] and row['size'] > 0)
        self.assertEqual(len(self.run_tool('list', 'inbox').out.splitlines()), 30)

    def test_list_of_what_is_not_there(self):
        self.account()
        self.done('sync')
        self.assertEqual(self.done('list', 'Archive'), [])
        self.assertExit(self.run_tool('list', 'Nowhere'), FAILED)
        self.assertExit(self.run_tool('list'), USAGE)
        self.assertExit(self.run_tool('list', 'inbox', '--unread', '--starred'), USAGE)

    def test_search(self):
        self.dovecot.save('alice', 'INBOX', [
            (f'From: {name} <{name.split()[0].lower()}@people.example>\r\nSubject: {subject}\r\n'
             f'Message-ID: <{number}@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n.\r\n'.encode(),
             1600000000 + number, ()) for number, (name, subject) in enumerate(
                 [('Lena Groß', 'The north pier'), ('Jan Novák', 'Re: the pier'), ('Hana', '東京都の桟橋')])])
        self.dovecot.save('alice', 'Archive', [(b'Subject: pier of old\r\n\r\n.\r\n', 1500000000, ())])
        self.account()
        self.done('sync', '--folder', 'inbox')

        def found(*arguments):
            answer = self.done('search', *arguments)
            return [row['subject'] for row in answer['messages']], answer['complete']
        self.assertEqual(found('PIER'), (['Re: the pier', 'The north pier'], False))
        self.done('sync')
        self.assertEqual(found('PIER'), (['Re: the pier', 'The north pier', 'pier of old'], True))
        self.assertEqual(found('pier', '--folder', 'inbox', '--limit', '1')[0], ['Re: the pier'])
        self.assertEqual(found('pie', 'from:gross')[0], ['The north pier'])
        self.assertEqual(found('novak@')[0], ['Re: the pier'])
        self.assertEqual(found('novak', 'from:gross')[0], [])
        self.assertEqual(found('jan@people.example')[0], ['Re: the pier'])
        self.assertEqual(found('"the pier"')[0], ['Re: the pier'])
        self.assertEqual(found('京都')[0], ['東京都の桟橋'])
        for strange in ('"', '*', 'AND', 'from:', 'a OR (', 'NEAR(pier', "';--", '^'):
            found('--', strange)
        self.assertEqual(len(self.run_tool('search', 'pier').out.splitlines()), 3)

    def test_search_on_the_server(self):
        self.dovecot.save('bob', 'INBOX', [
            (f'Subject: Letter {number}\r\nMessage-ID: <s{number}@x>\r\n\r\n'
             f'{"The word is Zwetschge." if number in (2, 5) else "Nothing."}\r\n'.encode(),
             1600000000 + number, ()) for number in range(8)])
        self.account(user='bob')
        # nothing was fetched yet: what the server finds is
        answer = self.done('sync', '--folder', 'inbox', '--bodies', 'none')
        self.assertEqual(self.done('search', 'zwetschge')['messages'], [])
        self.dovecot.save('bob', 'INBOX', [
            (b'Subject: New one\r\nMessage-ID: <s9@x>\r\n\r\nZwetschge again\r\n', 1700000000, ())])
        answer = self.done('search', '--server', 'zwetschge', '--folder', 'inbox')
        self.assertEqual([row['subject'] for row in answer['messages']],
                         ['New one', 'Letter 5', 'Letter 2'])
        self.assertTrue(answer['complete'])
        self.assertExit(self.run_tool('search'), USAGE)
        self.assertExit(self.run_tool('search', 'x', '--limit', '-1'), USAGE)
        self.assertExit(self.run_tool('search', 'x', '--folder', 'Nowhere'), FAILED)
        self.assertExit(self.run_tool('search', 'x', '--account', 'nobody@x'), FAILED)

    def test_two_accounts(self):
        self.account()
        self.account('bob@example.test', 'bob')
        self.dovecot.fill('bob', 'INBOX', 2)
        self.assertEqual([report['new'] for report in self.done('sync')], [0, 2])
        result = self.run_tool('list', 'inbox')
        self.assertExit(result, FAILED)
        self.assertIn('--account', result.err)
        self.assertEqual(len(self.done('list', 'inbox', '--account', 'bob@example.test')), 2)
        self.assertEqual({folder['account'] for folder in self.done('folders', 'bob@example.test')},
                         {'bob@example.test'})

    def test_one_folder(self):
        self.account()
        self.dovecot.fill('alice', 'INBOX', 5)
        self.dovecot.fill('alice', 'Archive', 7)
        report = self.done('sync', '--folder', 'Archive', '--bodies', 'none')[0]
        self.assertEqual((report['folders'], report['new']), (1, 7))
        self.assertEqual(self.done('list', 'INBOX'), [])
        self.assertExit(self.run_tool('sync', '--folder', 'Nowhere'), FAILED)

    def test_show(self):
        self.account()
        message = with_files()
        self.dovecot.deliver('alice', bytes(message))
        self.done('sync', '--bodies', 'none')
        row = self.done('list', 'inbox')[0]
        self.assertEqual(row['body'], 'none')
        identifier = str(row['id'])

        shown = self.done('show', identifier)
        self.assertIn('with ümlauts', shown['text'])
        self.assertIn('<b>HTML</b>', shown['html'])
        self.assertEqual(shown['from'], [{'name': 'Bärbel', 'address': 'baerbel@people.example'}])
        self.assertEqual(len(shown['attachments']), 3)
        self.assertEqual(shown['attachments'][0]['size'], len(PICTURE))

        text = self.run_tool('show', identifier)
        self.assertIn('with ümlauts', text.out)
        self.assertNotIn('\x1b', text.out)
        self.assertIn('<b>HTML</b>', self.run_tool('show', identifier, '--html').out)
        self.assertEqual(self.run_tool('show', identifier, '--text').out.strip(), 'The text, with ümlauts.')
        self.assertIn('image/png', self.run_tool('show', identifier, '--parts').out)
        raw = base64.b64decode(self.done('show', identifier, '--raw')['raw_base64'])
        self.assertTrue(raw.endswith(bytes(message)[-200:]))
        self.assertExit(self.run_tool('show', identifier, '--raw', '--html'), USAGE)

    def test_what_was_fetched_needs_no_server(self):
        self.account()
        self.dovecot.deliver('alice', bytes(with_files()))
        self.dovecot.deliver('alice', bytes(make_message('never opened')))
        self.done('sync', '--bodies', 'none')
        rows = {row['subject'].split()[0]: str(row['id']) for row in self.done('list', 'inbox')}
        self.done('show', rows['Files'])
        self.dovecot.stop()
        self.done('show', rows['Files'])
        self.assertExit(self.run_tool('show', rows['never']), NOT_REACHABLE)
        result = self.run_tool('--json', 'sync')
        self.assertExit(result, NOT_REACHABLE)
        self.assertFalse(result.json()[0]['done'])
        self.assertEqual(result.json()[0]['error']['class'], 'refused')

    def test_bodies(self):
        self.account()
        self.dovecot.fill('alice', 'INBOX', 10)
        self.done('sync', '--bodies', 'none')
        self.assertEqual(self.done('sync', '--bodies', 'all')[0]['bodies'], 10)
        self.dovecot.stop()
        for row in self.done('list', 'inbox'):
            self.assertTrue(self.done('show', str(row['id']))['text'])
        self.assertExit(self.run_tool('sync', '--bodies', 'some'), USAGE)

    def test_saving_parts_is_safe(self):
        self.account()
        self.dovecot.deliver('alice', bytes(with_files()))
        self.done('sync', '--bodies', 'none')
        identifier = str(self.done('list', 'inbox')[0]['id'])
        target = self.path('saved')
        os.mkdir(target)
        os.symlink(self.path('trap'), os.path.join(target, 'data.bin'))
        saved = self.done('parts', identifier, '--save', target)
        self.assertEqual(len(saved), 3)
        for one in saved:
            self.assertEqual(os.path.dirname(one['path']), target)
        contents = []
        for one in saved:
            with open(one['path'], 'rb') as file:
                contents.append(file.read())
        self.assertEqual(contents, [PICTURE, b'second', b'third'])
        self.assertFalse(os.path.exists(self.path('trap')))
        again = self.done('parts', identifier, '--save', target)
        self.assertEqual(len({one['path'] for one in saved + again}), 6)
        self.assertExit(self.run_tool('parts', identifier, '--save', self.path('nowhere')), FAILED)
        self.assertIn('image/png', self.run_tool('parts', identifier).out)

    def test_ids_that_make_no_sense(self):
        self.account()
        self.done('sync')
        for command in ('show', 'parts'):
            self.assertExit(self.run_tool(command, 'x'), USAGE)
            self.assertExit(self.run_tool(command, '-1'), USAGE)
            self.assertExit(self.run_tool(command, '424242'), FAILED)

    def test_refused(self):
        self.account(password=SECRETS[1])
        result = self.run_tool('--json', 'sync')
        self.assertExit(result, SIGN_IN)
        self.assertEqual(result.json()[0]['error']['class'], 'sign-in-refused')

    def test_not_trusted(self):
        shutil.rmtree(os.path.join(self.profile, 'config', 'authorities'))
        self.account()
        self.assertExit(self.run_tool('sync'), CERTIFICATE)

    def test_profile_in_use(self):
        self.account()
        self.dovecot.deliver('alice', bytes(with_files()))
        self.done('sync', '--bodies', 'none')
        lock = os.open(os.path.join(self.profile, 'data', 'lock'), os.O_RDWR)
        fcntl.fcntl(lock, fcntl.F_OFD_SETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))
        try:
            result = self.run_tool('--json', 'sync')
            self.assertExit(result, IN_USE)
            self.assertFalse(result.json()[0]['done'])
            self.assertExit(self.run_tool('account', 'remove', ADDRESS), IN_USE)
            # reading goes on, but for what only the server has
            row = self.done('list', 'inbox')[0]
            self.done('folders')
            self.done('status')
            self.assertExit(self.run_tool('show', str(row['id'])), IN_USE)
        finally:
            os.close(lock)
        self.done('show', str(row['id']))

    def test_status(self):
        self.account()
        self.assertEqual(self.done('status')[0]['checked_unix'], 0)
        self.dovecot.fill('alice', 'INBOX', 4)
        self.done('sync')
        status = self.done('status')[0]
        self.assertEqual((status['messages'], status['operations'], status['outbox']), (4, [], []))
        self.assertEqual(status['folders'], status['complete_folders'])
        self.assertGreater(status['checked_unix'], 0)
        self.assertIn('equal to the server', self.run_tool('status').out)

    def test_limits_that_were_learnt_are_told(self):
        self.account()
        self.done('sync')
        uuid = self.done('status')[0]['uuid']
        self.assertEqual(self.done('status')[0]['limits'], {'connections': None, 'idle': []})
        now = int(time.time())
        with sqlite3.connect(os.path.join(self.profile, 'data', 'journal.db')) as journal:
            journal.executemany('INSERT INTO learnt (account_uuid, key, value, changed) VALUES (?, ?, ?, ?)',
                                [(uuid, 'max-connections', f'2 {now}', now),
                                 (uuid, 'idle-ms@192.168.7.0/24', f'240000 {now}', now),
                                 (uuid, 'idle-ms@10.0.0.0/24', f'240000 {now - 40 * 86400}', now),
                                 (uuid, 'idle-ms@10.0.1.0/24', 'nonsense', now)])
        expected = {'connections': 2, 'idle': [{'network': '192.168.7.0/24', 'idle_ms': 240000}]}
        self.assertEqual(self.done('status')[0]['limits'], expected)
        self.assertEqual(self.done('doctor')[0]['limits'], expected)
        self.assertIn('takes 2 connections at a time', self.run_tool('doctor').out)

    def test_removed_account_takes_its_mail_along(self):
        self.account()
        self.dovecot.deliver('alice', bytes(make_message('Remember the milk')))
        self.done('sync', '--bodies', 'all')
        self.done('account', 'remove', ADDRESS)
        with sqlite3.connect(os.path.join(self.profile, 'data', 'cache.db')) as cache:
            tables = [name for name, in cache.execute("SELECT name FROM sqlite_master WHERE type='table'"
                                                      " AND sql NOT LIKE 'CREATE VIRTUAL%'")]
            self.assertTrue(tables)
            rows = [row for table in tables for row in cache.execute(f'SELECT * FROM "{table}"')]
        self.assertNotIn('Remember the milk', repr(rows))
        self.assertNotIn('milk', repr(rows))

    def test_no_account(self):
        for command in (['sync'], ['folders'], ['status'], ['list', 'inbox'], ['doctor']):
            result = self.run_tool(*command)
            self.assertExit(result, FAILED)
            self.assertIn('account add', result.err)


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
