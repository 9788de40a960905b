"""The window as a person meets it: how it folds, what a screen reader finds, the keyboard."""

import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from servers import Desktop, Dovecot, messages, process, tap
from ui.person import Missing, Person, is_showing

PIPIT = os.environ['PIPIT_TEST_PIPIT']
PIPITCTL = os.environ['PIPIT_TEST_PIPITCTL']
LONG = 'A very long subject about the garden party and everything else ' * 5
MESSAGES = 12

# The keyboard gets there by itself only when nothing inside can take it; libadwaita owns them.
NAMELESS = {'scroll pane'}


def write_messages():
    made = []
    for number in range(MESSAGES):
        message = messages.blank(messages.random.Random(number), number,
                                 LONG if number == 1 else f'Letter {number}')
        message.set_content(f'This is letter {number}.\n\nKind regards\n')
        made.append(message)
    return made


class WindowTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = Desktop(1300, 900)
        cls.room.__enter__()
        cls.dovecot = Dovecot()
        cls.dovecot.start()

    @classmethod
    def tearDownClass(cls):
        cls.dovecot.close()
        cls.room.__exit__()

    def setUp(self):
        self.dovecot.doveadm('expunge', '-u', 'alice', 'mailbox', '*', 'all')
        imap = self.dovecot.imap('alice')
        for message in reversed(write_messages()):
            when = messages.email.utils.parsedate_tz(message['Date'])
            when = messages.email.utils.mktime_tz(when)
            imap.append('INBOX', '', when, message.as_bytes())
        imap.logout()
        self.password = self.dovecot.users['alice']
        self.profile = tempfile.mkdtemp(prefix='pipit-window-')
        self.add_account()
        self.person = Person(self.room, [PIPIT, '--profile', self.profile])
        self.person.start()
        self.row('Letter 0')
        self.person.focus_window()

    def tearDown(self):
        self.person.close()
        process.remove_directory(self.profile)

    def add_account(self):
        password = os.path.join(self.profile, 'password')
        with open(password, 'w', encoding='utf-8') as file:
            file.write(self.password + '\n')
        subprocess.run(
            [PIPITCTL, '--profile', self.profile, 'account', 'add', 'alice@example.test',
             '--name', 'Alice Example', '--username', 'alice',
             '--imap', f'127.0.0.1:{self.dovecot.imaps_port}:tls',
             '--certificate', self.dovecot.certificate.certificate,
             '--password-command', f'cat {password}'],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def row(self, text):
        """The row of a message in the list."""
        return self.person.find('list item', text)

    def open(self, text):
        self.person.click(widget=self.row(text))
        self.person.find('label', text if len(text) < 60 else text[:60])

    def pane_at(self, x, y=640):
        """Which pane is drawn at a place: each has a ground of its own.

        The accessibility tree keeps the last place of a pane that was folded away."""
        pixel = subprocess.run(
            ['import', '-display', self.room.display.name, '-window', 'root',
             '-crop', f'1x1+{x}+{y}', '-depth', '8', 'rgb:-'],
            capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout
        return {b'\xeb\xeb\xeb': 'sidebar', b'\xff\xff\xff': 'list',
                b'\xfa\xfa\xfa': 'reader'}.get(pixel, pixel.hex())

    def wait_for_panes(self, expected):
        """`expected` are places from left to right, with what is to be seen there."""
        self.person.wait(lambda: [self.pane_at(x) for x, _name in expected]
                         == [name for _x, name in expected],
                         f'panes {expected}, not {[self.pane_at(x) for x, _name in expected]}')

    def test_folds(self):
        self.open(LONG[:40])
        self.person.resize(1000, 700)
        whole = [(12, 'sidebar'), (230, 'list'), (575, 'reader'), (980, 'reader')]
        self.wait_for_panes(whole)
        self.person.resize(800, 700)
        self.wait_for_panes([(12, 'list'), (360, 'reader'), (780, 'reader')])
        self.person.resize(400, 700)
        self.wait_for_panes([(12, 'reader'), (380, 'reader')])
        self.person.key('Escape')
        self.wait_for_panes([(12, 'list'), (390, 'list')])
        self.person.key('Escape')
        self.wait_for_panes([(12, 'sidebar'), (380, 'sidebar')])
        self.person.resize(1000, 700)
        self.wait_for_panes(whole)

    def check_names(self, place, nameless_roles=NAMELESS):
        """Whatever can have the keyboard has a name that is not its class."""
        atspi = self.person._atspi
        nameless = []
        for widget in self.person.walk():
            name = widget.get_name() or ''
            if (self.person.has_state(widget, 'FOCUSABLE')
                    and widget.get_role_name() not in nameless_roles
                    and is_showing(widget, atspi)
                    and (not name.strip() or name.startswith(('Gtk', 'Adw', 'Pipit')))):
                nameless.append(f'{widget.get_role_name()} “{name}”')
        self.assertEqual([], nameless, f'without a name in {place}')

    def close_top(self):
        before = len(self.person.windows())
        self.person.focus_window()
        self.person.key('Escape')
        self.person.wait(lambda: len(self.person.windows()) < before, 'the window on top to close')
        self.person.focus_window()

    def test_names(self):
        self.check_names('the list')
        self.open('Letter 2')
        self.person.find('text', 'Text of the message')
        self.check_names('the reader')
        self.person.activate('push button', 'Select Messages')
        self.person.find('push button', 'Cancel')
        self.check_names('selection mode')
        self.person.focus_window()
        self.person.key('Escape')
        self.person.click(widget=self.row('Letter 3'))
        self.person.key('ctrl+m')
        self.person.find('entry', 'Name of the Folder')
        self.check_names('the choice of a folder')
        self.close_top()
        self.person.key('ctrl+comma')
        self.person.find(name='Single Letters as Shortcuts')
        # the lists that libadwaita's combo rows keep folded away are out of reach
        self.check_names('the preferences', NAMELESS | {'list', 'list item'})
        self.close_top()

    def test_names_in_the_composer(self):
        person = self.person
        person.key('ctrl+n')
        person.wait(lambda: len(person.windows()) == 2, 'a composer')
        person.focus_window()
        person.find('push button', 'Cc, Bcc')
        person.activate('push button', 'Cc, Bcc')
        self.check_names('the composer')
        fields = ['To', 'Cc', 'Bcc', 'Subject', 'Text']
        for name in fields:
            found = [widget for widget in person.find_all(None, name)
                     if widget.get_name() == name and 'Text' in (widget.get_interfaces() or [])
                     and person.has_state(widget, 'EDITABLE')]
            self.assertEqual(len(found), 1, f'fields named {name}')
        person.fill('text', 'To', 'bob@example.test')
        person.fill('text', 'Subject', 'The pier')
        self.assertEqual(person.text(person.find('text', 'Subject')), 'The pier')
        self.assertEqual(person.text(person.find('text', 'To')), 'bob@example.test')
        person.fill('text', 'Cc', 'no address')
        person.key('Tab')
        person.wait(lambda: 'Not everything here is an address' in
                    (person.find('text', 'Cc').get_description() or ''), 'the wrong address to be told')

    def unread(self):
        return [row for row in self.person.find_all('list item', 'Letter')
                if row.get_name().startswith('Unread')]

    def test_read_after_a_while_and_unread_sticks(self):
        self.open('Letter 2')
        self.person.wait(lambda: not self.row('Letter 2').get_name().startswith('Unread'),
                         'the message to count as read', 6)
        self.person.key('ctrl+u')
        self.person.wait(lambda: self.row('Letter 2').get_name().startswith('Unread'),
                         'the message to be unread again')
        time.sleep(3)
        self.assertTrue(self.row('Letter 2').get_name().startswith('Unread'))

    def test_archive_by_keyboard_and_undo(self):
        self.open('Letter 4')
        # a toast does not wait for those who look slowly: first what it says, then what has moved
        self.person.key('ctrl+e')
        self.person.find('label', 'Message archived')
        self.person.key('ctrl+e')
        self.person.find('label', 'messages archived')
        self.person.wait_until_gone('list item', 'Letter 4')
        self.person.wait_until_gone('list item', 'Letter 5')
        # the next message has the keyboard, and is read
        self.person.wait(lambda: self.person.has_focus(self.row('Letter 6')), 'the next row')
        self.person.find('text', 'Text of the message')
        self.person.key('ctrl+z')
        self.row('Letter 4')
        self.row('Letter 5')

    def test_goes_round_the_panes(self):
        self.open('Letter 2')
        atspi = self.person._atspi

        def left():
            focused = self.person.focused()
            if focused is None:
                return None
            return atspi.Component.get_extents(focused, atspi.CoordType.WINDOW).x

        self.person.key('F6')
        self.person.wait(lambda: (left() or 0) > 540, 'the reader to have the keyboard')
        self.person.key('F6')
        self.person.wait(lambda: left() is not None and left() < 220, 'the sidebar')
        self.person.key('F6')
        self.person.wait(lambda: 200 < (left() or 0) < 540, 'the list')
        self.person.key('shift+F6')
        self.person.wait(lambda: left() is not None and left() < 220, 'the sidebar again')

    def test_refused_password_is_asked_for_once(self):
        self.person.close()
        self.dovecot.set_password('alice', 'another')
        try:
            self.person.start()
            self.row('Letter 0')
            self.person.focus_window()
            self.person.find('label', 'does not accept the password')
            self.person.activate('push button', 'Enter Password')
            self.person.wait(lambda: len(self.person.windows()) == 2, 'the question')
            self.person.focus_window()
            # libadwaita's own: the list of the group, and the eye in the password's row
            self.check_names('the question for a password', NAMELESS | {'list', 'push button'})
            self.person.type('another')
            self.person.key('Return')
            self.person.wait_until_gone('label', 'does not accept the password')
            imap = self.dovecot.imap('alice')
            message = messages.plain(messages.random.Random(5), 0)
            message.replace_header('Subject', 'After the change')
            imap.append('INBOX', '', None, message.as_bytes())
            imap.logout()
            self.row('After the change')
        finally:
            self.dovecot.set_password('alice', self.password)

    def test_kept_draft_is_found_again(self):
        self.person.key('ctrl+n')
        self.person.wait(lambda: len(self.person.windows()) == 2, 'a composer')
        self.person.focus_window()
        self.person.type('bob@example.test')
        self.person.key('Tab')
        self.person.find('label', 'Draft kept')
        self.person.key('ctrl+w')
        self.person.activate('push button', 'Keep')
        self.person.wait(lambda: len(self.person.windows()) == 1, 'the composer to close')
        self.person.focus_window()
        self.person.click('list item', 'Local Drafts, 1 message')
        self.person.click('list item', 'bob@example.test, No subject')
        self.person.wait(lambda: len(self.person.windows()) == 2, 'the composer again')

    def test_discarded_draft_takes_its_question_along(self):
        person = self.person
        person.key('ctrl+n')
        person.wait(lambda: len(person.windows()) == 2, 'a composer')
        person.focus_window()
        person.type('bob@example.test')
        person.key('ctrl+w')
        person.activate('push button', 'Discard')
        person.wait(lambda: len(person.windows()) == 1, 'the composer to close')
        person.focus_window()
        person.key('ctrl+comma')
        person.find(name='Single Letters as Shortcuts')

    def test_second_start_composes(self):
        subprocess.run([PIPIT, '--profile', self.profile, 'mailto:bob@example.test?subject=Hello'],
                       env=self.person._environment, check=True, timeout=20,
                       stdin=subprocess.DEVNULL)
        self.person.wait(lambda: len(self.person.windows()) == 2, 'a composer')
        self.person.wait(lambda: 'Hello' in self.person.all_text(), 'the subject')

    def test_restart_shows_the_list_without_a_server(self):
        self.open('Letter 2')
        self.person.find('text', 'Text of the message')
        self.person.close()
        self.dovecot.stop()
        try:
            self.person.start()
            self.row('Letter 0')
            self.person.focus_window()
            self.open('Letter 2')
            text = self.person.find('text', 'Text of the message')
            self.person.wait(lambda: 'This is letter 2' in self.person.text(text), 'its text')
            self.person.find(name='next try')
        finally:
            self.dovecot.start()


if __name__ == '__main__':
    tap.main()
