"""The fixtures themselves: a fixture that lies makes every other test worthless."""

import shutil
import smtplib
import socket
import ssl
import subprocess
import time
import unittest

from servers import Authority, Desktop, Dovecot, ScriptedServer, messages, open_submission, process
from servers import scripted, tap


class DovecotTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot()
        cls.dovecot.start()

    @classmethod
    def tearDownClass(cls):
        cls.dovecot.close()

    def test_users_sign_in_and_have_special_folders(self):
        for user in ('alice', 'bob', 'carol'):
            client = self.dovecot.imap(user)
            listed = b' '.join(client.list()[1])
            for use in (b'\\Sent', b'\\Drafts', b'\\Trash', b'\\Junk', b'\\Archive'):
                self.assertIn(use, listed)
            client.logout()

    def test_saved_messages_keep_flags_date_and_order(self):
        many = list(messages.varied_messages(len(messages.KINDS)))
        self.dovecot.save('alice', 'Work/Pröjects', many)
        client = self.dovecot.imap('alice')
        client.select('"Work/Pr&APY-jects"')
        self.assertEqual(self.dovecot.doveadm('mailbox', 'status', '-u', 'alice', 'messages',
                                              'Work/Pröjects').split('=')[1].strip(),
                         str(len(many)))
        answer = client.fetch(str(len(many)), '(FLAGS INTERNALDATE BODY.PEEK[])')[1][0]
        self.assertIn(b'14-Nov-2023 22:13:20', answer[0])
        self.assertEqual(b'\\Seen' in answer[0], '\\Seen' in many[-1][2])
        self.assertEqual(answer[1].split(b'\r\n\r\n', 1)[1].rstrip(),
                         many[-1][0].split(b'\r\n\r\n', 1)[1].rstrip())
        client.logout()

    def test_inbox_takes_saved_messages(self):
        self.dovecot.fill('carol', 'INBOX', 10)
        self.assertEqual(len(self.dovecot.message_ids('carol', 'INBOX')), 10)

    def test_delivery_arrives(self):
        self.dovecot.deliver('bob', b'From: a@b.example\r\nMessage-ID: <one@b>\r\n\r\nhi\r\n')
        self.assertIn('<one@b>', self.dovecot.message_ids('bob', 'INBOX'))

    def test_many_small_messages(self):
        self.dovecot.fill('carol', 'Archive', 2000)
        found = self.dovecot.message_ids('carol', 'Archive')
        self.assertEqual(found, [f'<s1.{number}@people.example>' for number in range(2000)])

    def test_password_changes_while_running(self):
        self.dovecot.set_password('dora', 'first')
        self.dovecot.imap('dora').logout()
        self.dovecot.set_password('dora', 'second')
        self.dovecot.imap('dora').logout()
        self.dovecot.users['dora'] = 'first'
        with self.assertRaises(Exception):
            self.dovecot.imap('dora')

    def test_restart_keeps_ports_and_mail(self):
        self.dovecot.deliver('bob', b'From: a@b.example\r\nMessage-ID: <kept@b>\r\n\r\nhi\r\n')
        self.dovecot.stop()
        self.assertFalse(process.is_listening(self.dovecot.imaps_port))
        self.dovecot.start()
        self.assertIn('<kept@b>', self.dovecot.message_ids('bob', 'INBOX'))

    def test_submission_arrives_and_refuses_by_recipient(self):
        with open_submission(self.dovecot) as submission:
            context = self.dovecot.tls_context()
            for port, implicit in ((submission.submission_port, False),
                                   (submission.submissions_port, True)):
                if implicit:
                    client = smtplib.SMTP_SSL('localhost', port, context=context)
                else:
                    client = smtplib.SMTP('localhost', port)
                    client.starttls(context=context)
                client.login('alice', self.dovecot.users['alice'])
                refused = client.sendmail(
                    'alice@example.test', ['bob@example.test', 'nobody.here@example.test'],
                    f'From: alice@example.test\r\nMessage-ID: <sent.{port}@x>\r\n\r\nhi\r\n')
                self.assertEqual(list(refused), ['nobody.here@example.test'])
                client.quit()
            for port in (submission.submission_port, submission.submissions_port):
                process.wait_until(lambda one=f'<sent.{port}@x>': one in self.dovecot.message_ids(
                    'bob', 'INBOX'), 'the sent message')


class CertificateTest(unittest.TestCase):
    def problem_of(self, certificate, trusted):
        """Returns OpenSSL's word for what is wrong with a server, or None."""
        context = ssl.create_default_context(cafile=trusted)
        with ScriptedServer(lambda peer: peer.start_tls(certificate)) as server:
            try:
                with socket.create_connection(('127.0.0.1', server.port)) as connection:
                    context.wrap_socket(connection, server_hostname='localhost').close()
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
        return None

    def test_each_is_wrong_in_its_own_way(self):
        directory = process.make_directory('pipit-tls-')
        self.addCleanup(process.remove_directory, directory)
        authority = Authority(directory)
        self.assertIsNone(self.problem_of(authority.good(), authority.ca_file))
        for make, word in ((authority.expired, 'expired'), (authority.not_yet_valid, 'not yet valid'),
                           (authority.other_host, 'mismatch'),
                           (authority.self_signed, 'self-signed')):
            self.assertIn(word, self.problem_of(make(), authority.ca_file))


class ScriptedTest(unittest.TestCase):
    def test_silence_begins_at_the_step(self):
        for step, spoken in (('connect', 0), ('greeting', 0), ('capability', 1), ('sign-in', 2)):
            with ScriptedServer(scripted.silent_imap(step)) as server:
                connection = socket.create_connection(('127.0.0.1', server.port))
                connection.settimeout(0.3)
                connection.sendall(b'a CAPABILITY\r\nb LOGIN x y\r\n')
                heard = b''
                with self.assertRaises(TimeoutError):
                    while True:
                        data = connection.recv(4096)
                        self.assertTrue(data)
                        heard += data
                connection.close()
                told = heard.count(b'* OK ready') + heard.count(b'a OK')
                self.assertEqual(told, spoken, heard)


@unittest.skipUnless(shutil.which('Xvfb'), 'no Xvfb')
class DesktopTest(unittest.TestCase):
    def test_display_bus_and_keyring(self):
        begun = time.monotonic()
        with Desktop() as desktop:
            took = time.monotonic() - begun
            self.assertLess(took, 20)
            self.assertTrue(desktop.bus.has_owner('org.freedesktop.secrets'))
            done = subprocess.run(
                ['/usr/bin/python3', '-c', SECRET], env=desktop.environment(), check=True,
                stdin=subprocess.DEVNULL, capture_output=True, text=True)
            self.assertEqual(done.stdout, 'päss')


SECRET = """
import gi
gi.require_version('Secret', '1')
from gi.repository import Secret
schema = Secret.Schema.new('test', Secret.SchemaFlags.NONE, {'a': Secret.SchemaAttributeType.STRING})
Secret.password_store_sync(schema, {'a': 'b'}, None, 'label', 'päss', None)
print(Secret.password_lookup_sync(schema, {'a': 'b'}, None), end='')
"""


if __name__ == '__main__':
    tap.main()
