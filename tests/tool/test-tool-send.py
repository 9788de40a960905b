"""pipitctl send: what arrives, what is kept, what waits, what is refused."""

import email
import email.policy
import sys

import toolrun
from mailtest import ADDRESS, MailTest
from servers import ScriptedServer, open_submission, process, tap
from toolrun import DONE, FAILED, NOT_REACHABLE, PARTIAL, SIGN_IN, USAGE

BOB = 'bob@example.test'


class Send(MailTest):
    def setUp(self):
        super().setUp()
        self.submission = self.enterContext(open_submission(self.dovecot))
        self.account(smtp=f'localhost:{self.submission.submissions_port}:tls')

    MESSAGE = ('From: =?utf-8?Q?=C3=84lice?= <alice@example.test>\nTo: Bob <bob@example.test>\n'
               'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n'
               'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n'
               'Content-Transfer-Encoding: 8bit\n{more}\nHello.\n.dots\n..more\n')

    def send(self, *arguments, more='', message=None):
        text = message if message is not None else self.MESSAGE.format(more=more)
        return self.run_tool('--json', 'send', '-', *arguments, stdin=text)

    def arrived(self, user):
        """What lies in an inbox, once the server for sending has delivered."""
        process.wait_until(lambda: self.fetch(user, 'INBOX'), 'the message')
        return self.fetch(user, 'INBOX')

    def fetch(self, user, folder):
        client = self.dovecot.imap(user)
        client.select(folder, readonly=True)
        _, found = client.uid('SEARCH', 'ALL')
        raw = [client.uid('FETCH', uid, '(BODY.PEEK[])')[1][0][1] for uid in found[0].split()]
        client.logout()
        return raw

    def test_a_message_arrives_once_with_one_copy_in_sent(self):
        result = self.send()
        self.assertExit(result, DONE)
        told = result.json()
        self.assertEqual(told['state'], 'filed')
        self.assertEqual([(one['address'], one['answer'], one['code']) for one in told['recipients']],
                         [(BOB, 'accepted', 250)])
        arrived, kept = self.arrived('bob'), self.fetch('alice', 'Sent')
        self.assertEqual((len(arrived), len(kept)), (1, 1))
        message = email.message_from_bytes(arrived[0], policy=email.policy.default)
        self.assertEqual(message['Message-ID'], f'<{told["message_id"]}>')
        self.assertTrue(message['Date'])
        self.assertEqual(message['Subject'], 'Grüße')
        self.assertEqual(message.get_content().replace('\r\n', '\n'), 'Hello.\n.dots\n..more\n')
        self.assertTrue(kept[0].endswith(b'Hello.\r\n.dots\r\n..more\r\n'))
        self.assertEqual(self.done('status')[0]['outbox'], [])

    def test_blind_copies_stay_here(self):
        result = self.send(more='Cc: alice@example.test\nBcc: bob@example.test\n'
                                'Message-ID: <given@example.test>\n',
                           message=None)
        self.assertExit(result, DONE)
        self.assertEqual(result.json()['message_id'], 'given@example.test')
        self.assertEqual({one['address'] for one in result.json()['recipients']}, {BOB, ADDRESS})
        self.assertEqual(len(self.arrived('bob')), 1)
        self.assertNotIn(b'Bcc', self.arrived('bob')[0])
        self.assertNotIn(b'Bcc', self.arrived('alice')[0])
        self.assertIn(b'Bcc', self.fetch('alice', 'Sent')[0])

    def test_messages_that_cannot_be_sent(self):
        for message in ('To: bob@example.test\n\nx\n', 'From: alice@example.test\n\nx\n',
                        'From: alice@example.test\nTo: nobody\n\nx\n'):
            self.assertExit(self.send(message=message), USAGE)
        self.assertExit(self.send(message='From: x@y.example\nTo: bob@example.test\n\nx\n'), FAILED)
        self.assertExit(self.run_tool('send', self.path('nothing.eml')), FAILED)
        self.assertEqual(self.done('status')[0]['outbox'], [])

    def test_an_account_that_cannot_send(self):
        self.account(BOB, 'bob')
        result = self.send(message=f'From: {BOB}\nTo: {ADDRESS}\n\nx\n')
        self.assertExit(result, FAILED)
        self.assertIn('cannot send', result.err)

    def test_without_a_server_it_waits_in_the_outbox(self):
        self.dovecot.stop()
        self.submission.stop()
        result = self.send()
        self.assertIn(result.code, (NOT_REACHABLE, PARTIAL), repr(result))
        outbox = self.done('status')[0]['outbox']
        self.assertEqual([one['state'] for one in outbox], ['queued'])
        self.assertIn('Grüße', self.run_tool('status').out)
        self.dovecot.start()
        self.submission.start()
        self.done('sync')
        self.assertEqual((len(self.arrived('bob')), len(self.fetch('alice', 'Sent'))), (1, 1))
        self.assertEqual(self.done('status')[0]['outbox'], [])

    def test_later(self):
        self.assertExit(self.send('--later'), DONE)
        self.assertEqual(self.fetch('bob', 'INBOX'), [])
        self.done('sync')
        self.assertEqual(len(self.arrived('bob')), 1)


class Refusals(MailTest):
    """A server for sending that does what the test says."""

    def serve(self, answers):
        certificate = self.dovecot.authority.issue('sending')

        def script(peer):
            peer.start_tls(certificate)
            peer.send('220 ready\r\n')
            while True:
                line = peer.line()
                verb = line.split()[0].upper()
                for pattern, answer in answers.items():
                    if line.upper().startswith(pattern.upper()):
                        peer.send(answer + '\r\n')
                        break
                else:
                    peer.send({'EHLO': '250-test\r\n250 AUTH PLAIN', 'AUTH': '235 fine',
                               'DATA': '354 go on'}.get(verb, '250 fine') + '\r\n')
                if verb == 'DATA' and 'DATA' not in answers:
                    while peer.line() != '.':
                        pass
                    peer.send(answers.get('.', '250 queued') + '\r\n')
        server = self.enterContext(ScriptedServer(script))
        self.account(smtp=f'localhost:{server.port}:tls')
        return server

    def send(self, to):
        return self.run_tool('--json', 'send', '-', stdin=f'From: {ADDRESS}\nTo: {to}\n\nHello\n')

    def test_refused_recipient(self):
        self.serve({'RCPT TO:<nobody@example.test>': '550 5.1.1 No such user'})
        result = self.send('nobody@example.test')
        self.assertExit(result, FAILED)
        told = result.json()
        self.assertEqual(told['state'], 'failed')
        self.assertEqual((told['recipients'][0]['answer'], told['recipients'][0]['code']), ('refused', 550))
        self.assertIn('No such user', told['recipients'][0]['text'])

    def test_refused_sign_in(self):
        self.serve({'AUTH': '535 5.7.8 authentication failed'})
        result = self.send(BOB)
        self.assertExit(result, SIGN_IN)
        self.assertEqual(len(self.done('status')[0]['outbox']), 1)

    def test_a_connection_that_breaks_at_the_end_is_not_tried_again(self):
        certificate = self.dovecot.authority.issue('sending')
        messages = []

        def script(peer):
            peer.start_tls(certificate)
            peer.send('220 ready\r\n')
            while True:
                verb = peer.line().split()[0].upper()
                peer.send({'EHLO': '250-test\r\n250 AUTH PLAIN', 'AUTH': '235 fine',
                           'DATA': '354 go on'}.get(verb, '250 fine') + '\r\n')
                if verb == 'DATA':
                    while peer.line() != '.':
                        pass
                    messages.append(True)
                    peer.reset()
                    return
        server = self.enterContext(ScriptedServer(script))
        self.account(smtp=f'localhost:{server.port}:tls')
        result = self.send(BOB)
        self.assertExit(result, PARTIAL)
        self.assertEqual(result.json()['state'], 'unsure')
        self.run_tool('sync')
        self.assertEqual(len(messages), 1)
        self.assertEqual([one['state'] for one in self.done('status')[0]['outbox']], ['unsure'])


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
