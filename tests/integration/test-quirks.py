"""What servers really do, and what becomes of it in the cache.

The numbers in the names are those of the table of quirks in src/imap/README.md. The server is a
scripted one; what concerns the wire alone is in tests/imap/test-imap-quirks.c.
"""

import os
import re
import shutil
import tempfile
import unittest
import uuid

from servers import Authority, ScriptedServer, scripted, tap
from servers.stray import Session, Stray, letter
from sync_client import SyncClient

SEEN, FLAGGED = 1, 2


def ids(*numbers):
    return ','.join(f'm{number}@people.example' for number in numbers)


class QuirkTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        directory = tempfile.mkdtemp(prefix='pipit-quirks-')
        cls.addClassCleanup(shutil.rmtree, directory)
        cls.authority = Authority(directory)
        cls.directory = directory

    def serve(self, session=Session, n_letters=3, **options):
        self.server = self.enterContext(Stray(session, **options))
        self.server.ca_file = self.authority.ca_file
        for number in range(1, n_letters + 1):
            self.server.deliver('INBOX', letter(number))
        return self.server

    def start(self, **options):
        options = {'timings': {'retry': 50}, **options}
        self.client = SyncClient(self.server, self.server.user, security='none', **options)
        self.addCleanup(self.client.close)
        return self.client

    def start_in(self, name, **options):
        return self.start(directory=tempfile.mkdtemp(prefix=name, dir=self.directory), **options)

    def again(self):
        """Another session of the same account."""
        directory = self.client.directory
        self.client.close()
        self.server.forget_commands()
        return self.start(directory=directory)

    def sync(self, bodies='none'):
        answer = self.client.sync(bodies=bodies)
        self.assertNotIn('error', answer)
        return answer

    def change(self, *words):
        answer = self.client.command('change', *words)
        self.assertNotIn('error', answer)
        self.assertNotIn('error', self.client.command('settle'))

    def subjects(self, folder):
        return sorted(row['subject'] for row in self.client.dump()[folder]['messages'])

    def assert_equal_to_server(self):
        for folder in self.server.folders.values():
            self.assertEqual(self.subjects(folder.name), folder.subjects(), folder.name)

    def latches(self):
        """By feature: (since, server, evidence)."""
        return {key.partition(':')[2]: tuple(value.split('\n'))
                for key, value in self.client.command('learnt', 'latch:').items()}


class FetchTest(QuirkTest):
    def test_32_descending_order(self):
        class Descending(Session):
            def chosen(self, uids):
                return list(reversed(super().chosen(uids)))

        self.serve(Descending, 300)
        self.start()
        self.sync(bodies='all')
        self.assert_equal_to_server()
        self.assertEqual(self.client.dump()['INBOX']['uid_next'], 301)

    def test_15_sizes_are_wrong(self):
        large = letter(4, body='x' * 70 + '\r\n' + 'Some words of a long letter.\r\n' * 12000)
        for said in 0, 5, 5000000:
            with self.subTest(said):
                server = self.serve(type('Wrong', (Session,), {'size': lambda *_, n=said: n}))
                server.deliver('INBOX', large)
                self.start()
                self.sync(bodies='all')
                for message in server.folders['INBOX'].messages:
                    body = self.client.body('INBOX', message.uid, 'whole')
                    self.assertEqual(body.get('bytes'), message.raw)

    def test_38_bytes_of_another_message(self):
        class Confused(Session):
            is_right = False

            def section_bytes(self, message, name):
                if name == '' and message.uid == 2 and not self.server.is_right:
                    self.server.is_right = self.server.gets_better
                    message = self.folder.messages[0]
                return super().section_bytes(message, name)

        server = self.serve(Confused)
        server.is_right, server.gets_better = False, False
        self.start()
        self.sync()
        body = self.client.body('INBOX', 2, 'whole')
        self.assertIn('error', body)
        self.assertNotIn('bytes', body)
        # right at the second look
        server.gets_better = True
        body = self.client.body('INBOX', 2, 'whole')
        self.assertEqual(body.get('bytes'), server.folders['INBOX'].messages[1].raw)

    def test_39_ok_without_a_body(self):
        class Mute(Session):
            def do_uid_fetch(self, words):
                if 'BODY.PEEK[]' in words[1] and self.server.is_mute:
                    return 'OK done'
                return super().do_uid_fetch(words)

        server = self.serve(Mute)
        server.is_mute = True
        self.start()
        self.sync()
        self.assertIn('error', self.client.body('INBOX', 2, 'whole'))
        server.is_mute = False
        body = self.client.body('INBOX', 2, 'whole')
        self.assertEqual(body.get('bytes'), server.folders['INBOX'].messages[1].raw)

    def test_49_silent_about_what_has_just_come(self):
        """Courier: no UIDNEXT; what was appended is seen behind a NOOP only."""
        class Courier(Session):
            selected_codes = ('UIDVALIDITY',)

            def listed(self):
                messages = super().listed()
                return messages if self.server.has_slept else messages[:-1]

            def do_noop(self, words):
                self.server.has_slept = True

            def do_uid_search(self, words):
                found = ' '.join(str(uid) for uid in self.view)
                self.say(f'SEARCH {found}')

        server = self.serve(Courier)
        server.has_slept = False
        self.start()
        self.sync()
        self.assert_equal_to_server()
        server.has_slept = False
        server.deliver('INBOX', letter(4))
        self.sync()
        self.assert_equal_to_server()

    def test_78_message_ids_missing_and_doubled(self):
        server = self.serve(n_letters=1)
        bare = [re.sub(rb'Message-ID:.*\r\n', b'', letter(number)) for number in (2, 3)]
        twice = [letter(number, message_id='twice@people.example') for number in (4, 5)]
        for raw in bare + twice:
            server.deliver('INBOX', raw)
        self.start()
        self.sync(bodies='all')
        self.assert_equal_to_server()
        for message in server.folders['INBOX'].messages:
            self.assertEqual(self.client.body('INBOX', message.uid, 'whole').get('bytes'),
                             message.raw)


class HeaderTest(QuirkTest):
    """54: HEADER.FIELDS with a space, or at all, is BAD."""

    class Tight(Session):
        def answer(self, name, words):
            if name == 'UID FETCH' and any('FIELDS (' in str(item) for item in words[1]):
                return 'BAD syntax error'
            return super().answer(name, words)

    class Whole(Session):
        def answer(self, name, words):
            if name == 'UID FETCH' and any('FIELDS' in str(item) for item in words[1]):
                return 'BAD syntax error'
            return super().answer(name, words)

    def test_54_no_space(self):
        self.check(self.Tight, 'tight-header-fields')

    def test_54_whole_header(self):
        self.check(self.Whole, 'no-header-fields')

    def check(self, session, latch):
        self.serve(session, 30)
        self.start_in(latch)
        self.sync()
        self.assert_equal_to_server()
        self.assertIn('BAD', self.latches()[latch][2])
        # a later session does not even try
        self.again()
        self.server.deliver('INBOX', letter(31))
        self.sync()
        self.assert_equal_to_server()
        for command in self.server.commands:
            self.assertNotIn('FIELDS (' if latch.startswith('tight') else 'FIELDS', command)


class SelectTest(QuirkTest):
    def test_42_uidvalidity_zero(self):
        self.serve().folders['INBOX'].validity = 0
        self.start_in('zero')
        self.sync(bodies='all')
        self.assert_equal_to_server()
        # the same again: nothing is new
        self.again()
        answer = self.sync()
        self.assertEqual((answer['new'], answer['gone']), (0, 0))
        self.assert_equal_to_server()

    def test_56_unsafe_login(self):
        class Coremail(Session):
            is_known = False

            def do_id(self, words):
                self.is_known = self.is_known or 'vendor' in words[0]
                return super().do_id(words)

            def do_select(self, words):
                return super().do_select(words) if self.is_known else 'NO SELECT Unsafe Login'

        self.serve(Coremail)
        self.start_in('unsafe')
        self.sync()
        self.assert_equal_to_server()
        self.assertIn('full-id', self.latches())
        # the next session introduces itself at once
        self.again()
        self.sync()
        self.assertEqual(self.server.count('ID '), 1)

    def test_72_no_permanentflags(self):
        class Silent(Session):
            selected_codes = ('UIDVALIDITY', 'UIDNEXT')

        server = self.serve(Silent)
        self.start()
        self.sync()
        self.change('flags', 'INBOX', ids(2), SEEN, 0)
        self.assertIn(r'\Seen', server.folders['INBOX'].messages[1].flags)


    def test_51_read_only_for_a_moment(self):
        class Zimbra(Session):
            def do_select(self, words):
                answer = super().do_select(words)
                self.is_read_only = self.server.n_read_only > 0
                self.server.n_read_only -= self.is_read_only
                return answer.replace('WRITE', 'ONLY') if self.is_read_only else answer

            def do_uid_store(self, words):
                return 'NO [READ-ONLY] no' if self.is_read_only else super().do_uid_store(words)

        server = self.serve(Zimbra)
        server.n_read_only = 0
        self.start_in('zimbra')
        self.sync()
        self.again()
        server.n_read_only = 1
        self.change('flags', 'INBOX', ids(2), SEEN, 0)
        self.assertIn(r'\Seen', server.folders['INBOX'].messages[1].flags)

    def test_23_uidnext_stays(self):
        """Exchange: new mail changes MESSAGES, and UIDNEXT only later."""
        class Stale(Session):
            def status_items(self, folder):
                return {**super().status_items(folder), 'UIDNEXT': 4, 'UNSEEN': 0}

        server = self.serve(Stale)
        for number in range(11, 14):
            server.deliver('Archive', letter(number), flags=[r'\Seen'])
        self.start()
        self.client.command('live')
        self.client.wait_until(lambda: self.client.command('status')['checked'], 'the first look')
        server.deliver('Archive', letter(14), flags=[r'\Seen'])
        self.client.command('check')
        self.client.wait_until(lambda: self.client.count('Archive') == 4, 'what has come')

    def test_06_status_counts_more(self):
        """Gmail: chats are in STATUS and not in SELECT; that is no reason to look every time."""
        class Chats(Session):
            def status_items(self, folder):
                return {**super().status_items(folder), 'MESSAGES': len(folder.messages) + 2}

        server = self.serve(Chats)
        for number in range(11, 14):
            server.deliver('Archive', letter(number), flags=[r'\Seen'])
        self.start()
        self.client.command('live')
        self.client.wait_until(lambda: self.client.command('status')['checked'], 'the first look')

        def is_left_alone():
            server.forget_commands()
            self.client.command('check')
            self.client.wait_until(lambda: server.count('STATUS Trash'), 'the look')
            self.client.settle(0.2)
            return server.count('SELECT Archive') == 0

        self.client.wait_until(is_left_alone, 'a look without a reason to open the folder')
        server.deliver('Archive', letter(14), flags=[r'\Seen'])
        self.client.command('check')
        self.client.wait_until(lambda: self.client.count('Archive') == 4, 'what has come')

    def test_77_mod_sequences_never_settle(self):
        class Restless(Session):
            capabilities = Session.capabilities + ' CONDSTORE ENABLE'

            def stir(self):
                for message in self.folder.messages:
                    self.server.modseq += 1
                    message.modseq = self.server.modseq

            def do_enable(self, words):
                self.say('ENABLED CONDSTORE')

            def do_select(self, words):
                answer = super().do_select(words)
                self.stir()
                self.say(f'OK [HIGHESTMODSEQ {self.server.modseq}] and rising')
                return answer

            def do_uid_fetch(self, words):
                self.stir()
                return super().do_uid_fetch(words[:2])

            def do_noop(self, words):
                if self.folder:
                    self.do_uid_fetch(['1:*', ['UID', 'FLAGS', 'MODSEQ']])

        server = self.serve(Restless, 20)
        server.modseq = 1000
        self.start_in('restless')
        for _ in range(3):
            server.forget_commands()
            self.client.sync()
            self.assert_equal_to_server()
            self.assertLess(len(server.commands), 100)


class SearchTest(QuirkTest):
    class Counting(Session):
        """41: ESEARCH with a count and nothing else."""
        capabilities = Session.capabilities + ' ESEARCH'

        def say_found(self, found):
            self.say(f'ESEARCH (TAG "{self.tag}") UID COUNT {len(found)}')

    class Mended(Session):
        capabilities = Session.capabilities + ' ESEARCH'
        identity = '("name" "Stray" "version" "1.1")'

    def test_41_esearch_only_counts(self):
        self.serve(self.Counting)
        self.start_in('esearch')
        self.sync()
        self.assert_equal_to_server()
        since, server, evidence = latch = self.latches()['ESEARCH']
        self.assertGreater(int(since), 1700000000)
        self.assertEqual(server, 'Stray 1.0')
        self.assertIn('RETURN (ALL)', evidence)

        # remembered by the next session, until the server has another version
        self.again()
        self.sync()
        self.assertEqual(self.server.count('UID SEARCH RETURN'), 0)
        self.assertEqual(self.latches()['ESEARCH'], latch)
        self.server.session = self.Mended
        self.again()
        self.sync()
        self.assertGreater(self.server.count('UID SEARCH RETURN'), 0)
        self.assert_equal_to_server()

    def test_27_many_hits(self):
        class Narrow(Session):
            def do_uid_search(self, words):
                if sum(self.matches(message, words) for message in self.listed()) > 2000:
                    return 'NO too many'
                return super().do_uid_search(words)

        self.serve(Narrow, 2100)
        self.start_in('narrow', headers_only=True)
        self.sync()
        self.assert_equal_to_server()
        self.assertIn('narrow-search', self.latches())


class DescribeTest(QuirkTest):
    """69: one message breaks BODYSTRUCTURE or PREVIEW, and with it the connection."""

    class Structure(Session):
        def structure(self, message):
            if message.uid == 2:
                raise EOFError
            return super().structure(message)

    class Preview(Session):
        capabilities = Session.capabilities + ' PREVIEW'

        def fetch(self, message, item):
            if item == 'PREVIEW':
                if message.uid == 2:
                    raise EOFError
                return b'PREVIEW "said"'
            return None if isinstance(item, list) else super().fetch(message, item)

    class NoPreview(Preview):
        def answer(self, name, words):
            if name == 'UID FETCH' and 'PREVIEW' in words[1]:
                return 'BAD what'
            return super().answer(name, words)

    def check(self, session, latch):
        self.serve(session)
        self.start_in(latch, headers_only=True)
        self.client.command('live')
        self.client.wait_until(lambda: self.client.command('status')['checked'], 'the first look')
        self.client.command('hint', 'INBOX')
        self.client.wait_until(lambda: [row['preview'] for row in
                                        self.client.dump()['INBOX']['messages']] ==
                               ['Hello 3', 'Hello 2', 'Hello 1'], 'the beginnings')
        self.assertIn(latch, self.latches())

    def test_69_structure_ends_the_connection(self):
        self.check(self.Structure, 'no-body-structure')

    def test_69_preview_ends_the_connection(self):
        self.check(self.Preview, 'PREVIEW')

    def test_69_preview_is_bad(self):
        self.check(self.NoPreview, 'PREVIEW')


class MoveTest(QuirkTest):
    def check_moved(self):
        self.assertEqual(self.server.folders['Trash'].subjects(), ['Message 2'])
        self.assertEqual(self.server.folders['INBOX'].subjects(), ['Message 1', 'Message 3'])
        self.sync()
        self.assert_equal_to_server()

    def move(self, session):
        self.serve(session)
        self.start_in('move')
        self.sync()
        self.client.command('change', 'move', 'INBOX', ids(2), 'Trash')
        for _ in range(5):
            if 'error' not in self.client.command('settle'):
                break
        else:
            self.fail('not settled')

    def test_20_copyuid_says_nothing(self):
        class Truncated(Session):
            def copied(self, words, pairs):
                return f'[COPYUID {self.server.folders[words[1]].validity}  ]'

        self.move(Truncated)
        self.check_moved()

    def test_09_move_drops_the_connection(self):
        """Gmail, with Trash: nothing moved, or moved and not said."""
        for is_moved in False, True:
            with self.subTest(is_moved):
                class Dropping(Session):
                    def do_uid_move(self, words, is_moved=is_moved):
                        if is_moved:
                            super().do_uid_move(words)
                        raise EOFError

                self.move(Dropping)
                self.check_moved()
                if not is_moved:
                    self.assertEqual(self.server.count('UID MOVE'), 2)
                    self.assertIn('MOVE', self.latches())

    def test_74_move_cannot(self):
        class Cannot(Session):
            def do_uid_move(self, words):
                return 'NO [CANNOT] not for you'

        self.move(Cannot)
        self.check_moved()

    def test_74_move_is_bad(self):
        class Bad(Session):
            def do_uid_move(self, words):
                return 'BAD unknown command'

        self.move(Bad)
        self.check_moved()
        self.assertIn('MOVE', self.latches())


class SentTest(QuirkTest):
    """Exactly one copy in Sent, though the server files what is sent, and changes it, or cannot be
    asked."""

    def send(self, session, file):
        """Sends letter 7; @file: what the server puts into Sent then, of its bytes, or None."""
        server = self.serve(session)

        def script(peer):
            peer.send('220 ready\r\n')
            while True:
                verb = peer.line()[:4].upper()
                peer.send(scripted.smtp_answer(verb))
                if verb == 'DATA':
                    while peer.line() != '.':
                        pass
                    if file:
                        server.deliver('Sent', file(letter(7)), flags=[r'\Seen'])
                    peer.send('250 2.0.0 taken\r\n')
        smtp = self.enterContext(ScriptedServer(script))
        for number in range(11, 14):
            server.deliver('Sent', letter(number))
        self.start(smtp=f'127.0.0.1:{smtp.port}:none')
        self.sync()
        path = os.path.join(self.directory, 'letter.eml')
        with open(path, 'wb') as letter_file:
            letter_file.write(letter(7))
        item = self.client.command('submit', uuid.uuid4(), 'mara@people.example',
                                   'bob@people.example', path)
        self.assertNotIn('error', item)
        self.assertNotIn('error', self.client.command('settle'))
        outbox = self.client.command('outbox')['outbox']
        self.assertEqual([row['state'] for row in outbox], ['filed'])
        self.assertEqual(server.folders['Sent'].subjects().count('Message 7'), 1)
        return server

    def test_28_message_id_rewritten(self):
        class Exchange(Session):
            greeting = 'The Microsoft Exchange IMAP4 service is ready. [QQ==]'

        server = self.send(Exchange, lambda raw: raw.replace(
            b'Message-ID: <m7@people.example>',
            b'Message-ID: <other@exchange.example>\r\n'
            b'X-Microsoft-Original-Message-ID: <m7@people.example>'))
        self.assertEqual(server.count('APPEND'), 0)

    def test_12_files_sent_mail(self):
        server = self.send(Session, lambda raw: raw)
        self.assertEqual(server.count('APPEND'), 0)

    def test_57_search_for_text_finds_everything(self):
        class QQ(Session):
            greeting = 'QQMail XMIMAP4Server ready'

        server = self.send(QQ, None)
        self.assertEqual(server.count('APPEND'), 1)
        self.assertEqual(server.count('UID SEARCH UID'), 0)
        self.assertFalse(any('HEADER' in command for command in server.commands
                             if command.startswith('UID SEARCH')))

    def test_57_and_finds_what_is_there(self):
        class QQ(Session):
            greeting = 'QQMail XMIMAP4Server ready'

        server = self.send(QQ, lambda raw: raw)
        self.assertEqual(server.count('APPEND'), 0)


tap.main()
