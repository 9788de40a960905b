"""The main job as a person does it: set up, read, answer, tidy up, go on without the servers.

The tests are one story and run in the order of their names.
"""

import email
import email.policy
import hashlib
import imaplib
import os
import random
import tempfile
import time
import unittest

from servers import Desktop, Dovecot, messages, open_submission, process, tap
from ui.person import Person
from ui.wizard import Wizard

PIPIT = os.environ['PIPIT_TEST_PIPIT']
PICTURES = os.environ.get('PIPIT_TEST_PICTURES')
PLAN = random.Random(7).randbytes(20000)
QUESTION_ID = '<question@example.test>'


def message(subject, text, html=None, attachment=None, sender='Mara Lind <mara@people.example>',
            **headers):
    made = email.message.EmailMessage(policy=messages.POLICY)
    made['From'] = sender
    made['To'] = 'Alice Example <alice@example.test>'
    made['Subject'] = subject
    made['Date'] = email.utils.format_datetime(email.utils.localtime())
    made['Message-ID'] = headers.get('message_id') or email.utils.make_msgid(domain='people.example')
    made.set_content(text)
    if html is not None:
        made.add_alternative(html, subtype='html')
    if attachment is not None:
        made.add_attachment(attachment[1], 'application', 'octet-stream', filename=attachment[0])
    return made.as_bytes()


def mailbox():
    """What is in alice's inbox before Pipit is started, the oldest first."""
    return [message('Tickets for the ferry', 'They are at the counter.\n'),
            message('Old newsletter', 'Nothing new.\n'),
            message('The pier in colours', 'The pier, in plain text.\n',
                    html='<body><h1>The pier</h1><p style="background:#ff00c8;padding:40px">'
                         'In colours.</p></body>'),
            message('The plan of the pier', 'The plan is attached.\n',
                    attachment=('plan.bin', PLAN)),
            message('Who brings the boat?', 'Do you, or do I?\n\nBob\n',
                    sender='Bob Example <bob@example.test>', message_id=QUESTION_ID)]


class StoryTest(unittest.TestCase):
    broken = False

    @classmethod
    def setUpClass(cls):
        cls.room = cls.enterClassContext(Desktop(1100, 900))
        cls.dovecot = cls.enterClassContext(Dovecot())
        cls.submission = cls.enterClassContext(open_submission(cls.dovecot))
        cls.dovecot.save('alice', 'INBOX', mailbox())
        cls.profile = tempfile.mkdtemp(prefix='pipit-person-')
        cls.addClassCleanup(process.remove_directory, cls.profile)
        cls.person = cls.enterClassContext(Person(cls.room, [PIPIT, '--profile', cls.profile]))

    def run(self, result=None):
        """Nothing of the story makes sense after a part of it that failed."""
        if StoryTest.broken:
            return
        failed = len(result.failures) + len(result.errors)
        super().run(result)
        StoryTest.broken = len(result.failures) + len(result.errors) > failed

    def picture(self, name):
        if PICTURES:
            self.person.screenshot(os.path.join(PICTURES, f'person-{name}.png'))

    # The truth on the server

    def on_server(self, user, folder, subject):
        """The flags of each message of that subject in a folder."""
        client = self.dovecot.imap(user)
        try:
            client.select(folder, readonly=True)
            found = client.search(None, 'SUBJECT', f'"{subject}"')[1][0].split()
            return [set(map(bytes.decode, imaplib.ParseFlags(client.fetch(number, 'FLAGS')[1][0])))
                    for number in found]
        finally:
            client.logout()

    def take(self, user, folder, subject):
        """The messages of that subject, parsed, without marking them read."""
        client = self.dovecot.imap(user)
        try:
            client.select(folder, readonly=True)
            found = client.search(None, 'SUBJECT', f'"{subject}"')[1][0].split()
            return [email.message_from_bytes(client.fetch(number, 'BODY.PEEK[]')[1][0][1],
                                             policy=email.policy.default) for number in found]
        finally:
            client.logout()

    def wait_for_server(self, what, condition, timeout_s=60):
        return self.person.wait(condition, what, timeout_s)

    # What a person does

    def row(self, subject):
        return self.person.find('list item', f', {subject}, ')

    def open(self, subject):
        """Clicks a row; the message's card shows then."""
        self.person.click(widget=self.row(subject))
        self.person.find('label', subject)

    def body(self, words):
        """Waits until the message's text shows these words."""
        def shown():
            return any(words in self.person.text(text)
                       for text in self.person.find_all('text', 'Text of the message'))
        self.person.wait(shown, f'the words “{words}”')

    def reply(self, text):
        person = self.person
        person.key('ctrl+r')
        person.find('push button', 'Send')
        person.find('text', 'Text')
        time.sleep(0.5)
        person.focus_window()
        person.type(text)

    def send(self):
        self.person.key('ctrl+Return')
        self.person.wait_until_gone('push button', 'Attach Files')
        self.person.focus_window()

    # The story

    def test_01_wizard(self):
        Wizard(self.person).set_up(self.dovecot, self.submission)

    def test_02_inbox_fills(self):
        self.person.focus_window()
        for subject in ('Who brings the boat?', 'The plan of the pier', 'The pier in colours',
                        'Old newsletter', 'Tickets for the ferry'):
            self.row(subject)
        self.person.find('list item', 'Inbox, 5 unread')
        self.picture('inbox')

    def test_03_attachment_is_saved(self):
        person = self.person
        self.open('The plan of the pier')
        self.body('The plan is attached.')
        target = os.path.join(self.profile, 'saved.bin')
        person.activate('push button', 'Save plan.bin')
        person.wait(lambda: len(person.windows()) == 2, 'the file chooser')
        time.sleep(0.5)
        person.focus_window()
        person.key('ctrl+a')
        person.type(target)
        person.key('Return')
        person.wait(lambda: os.path.exists(target) and os.path.getsize(target) == len(PLAN),
                    'the saved file')
        with open(target, 'rb') as file:
            self.assertEqual(hashlib.sha256(file.read()).digest(), hashlib.sha256(PLAN).digest())
        person.focus_window()

    def test_04_reading_marks_on_the_server(self):
        self.wait_for_server('\\Seen on the server', lambda: '\\Seen' in self.on_server(
            'alice', 'INBOX', 'The plan of the pier')[0])
        self.assertNotIn('\\Seen', self.on_server('alice', 'INBOX', 'Old newsletter')[0])
        self.person.key('ctrl+d')
        self.wait_for_server('\\Flagged on the server', lambda: '\\Flagged' in self.on_server(
            'alice', 'INBOX', 'The plan of the pier')[0])

    def test_05_archived_undone_deleted(self):
        person = self.person
        subject = 'Tickets for the ferry'
        self.open(subject)
        person.key('ctrl+e')
        self.wait_for_server('it in the archive',
                             lambda: self.on_server('alice', 'Archive', subject))
        self.assertEqual(self.on_server('alice', 'INBOX', subject), [])
        person.key('ctrl+z')
        self.wait_for_server('it in the inbox again',
                             lambda: self.on_server('alice', 'INBOX', subject))
        self.wait_for_server('it out of the archive',
                             lambda: not self.on_server('alice', 'Archive', subject))
        self.open(subject)
        person.key('Delete')
        self.wait_for_server('it in the trash', lambda: self.on_server('alice', 'Trash', subject))
        self.assertEqual(self.on_server('alice', 'INBOX', subject), [])
        person.wait_until_gone('list item', f', {subject}, ')

    def test_06_reply_is_sent(self):
        self.open('Who brings the boat?')
        self.body('Do you, or do I?')
        self.reply('I bring it.')
        self.picture('reply')
        self.send()
        self.wait_for_server('the answer in the mailbox of bob', lambda: self.on_server(
            'bob', 'INBOX', 'Re: Who brings the boat?'))
        [answer] = self.take('bob', 'INBOX', 'Re: Who brings the boat?')
        self.assertEqual(answer['From'], 'Alice Example <alice@example.test>')
        self.assertEqual(answer['To'], 'Bob Example <bob@example.test>')
        self.assertEqual(answer['Subject'], 'Re: Who brings the boat?')
        self.assertEqual(answer['In-Reply-To'], QUESTION_ID)
        self.assertEqual(answer['References'], QUESTION_ID)
        self.assertRegex(answer['Message-ID'], r'^<[^<>@\s]+@[^<>@\s]+>$')
        sent = email.utils.parsedate_to_datetime(answer['Date']).timestamp()
        self.assertLess(abs(sent - time.time()), 300)
        self.assertEqual(answer['MIME-Version'], '1.0')
        self.assertEqual(answer.get_content_type(), 'text/plain')
        text = answer.get_content()
        self.assertIn('I bring it.', text)
        self.assertIn('> Do you, or do I?', text)

    def test_07_one_copy_is_kept(self):
        self.wait_for_server('the copy in Sent', lambda: self.on_server(
            'alice', 'Sent', 'Re: Who brings the boat?'))
        self.wait_for_server('\\Answered on the server', lambda: '\\Answered' in self.on_server(
            'alice', 'INBOX', 'Who brings the boat?')[0])
        [copy] = self.take('alice', 'Sent', 'Re: Who brings the boat?')
        [answer] = self.take('bob', 'INBOX', 'Re: Who brings the boat?')
        self.assertEqual(copy['Message-ID'], answer['Message-ID'])
        self.assertEqual(self.on_server('alice', 'Sent', 'Re: Who brings the boat?'),
                         [{'\\Seen'}])

    def test_08_without_the_servers(self):
        person = self.person
        self.dovecot.stop()
        self.submission.stop()
        self.open('The plan of the pier')
        self.body('The plan is attached.')
        self.open('Who brings the boat?')
        self.body('Do you, or do I?')
        self.reply('And the oars.')
        self.send()
        person.find('list item', 'Outbox')
        self.picture('outbox')

    def test_09_list_is_there_before_any_connection(self):
        person = self.person
        person.close()
        person.start()
        self.row('Who brings the boat?')
        self.row('The plan of the pier')
        person.focus_window()
        self.open('The plan of the pier')
        self.body('The plan is attached.')
        person.find('list item', 'Outbox')

    def test_10_waiting_answer_goes_out(self):
        self.dovecot.start()
        self.submission.start()
        self.wait_for_server('the second answer', lambda: len(self.on_server(
            'bob', 'INBOX', 'Re: Who brings the boat?')) == 2, timeout_s=150)
        self.person.wait_until_gone('list item', 'Outbox', timeout_s=60)
        self.wait_for_server('the second copy', lambda: len(self.on_server(
            'alice', 'Sent', 'Re: Who brings the boat?')) == 2)
        self.assertEqual(len(self.on_server('bob', 'INBOX', 'Re: Who brings the boat?')), 2)


if __name__ == '__main__':
    tap.main()
