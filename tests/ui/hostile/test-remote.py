"""Remote pictures in the window: nothing is fetched before a person allows it, and then nothing else.

In a network of its own, where every name leads to this host and the certificates of its one web server are
trusted, Pipit shows letters that it has in its cache. What the web server was asked, and what names were
looked up, is compared with what the person has allowed.
"""

import imaplib
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))

import own_network
from own_network import Listener, NameServer
from servers import Desktop, Dovecot, process, tap
from servers.certificates import Authority
from ui import reader_messages
from ui.person import Person

BUILD = os.environ['PIPIT_TEST_BUILD_ROOT']
PIPIT = os.path.join(BUILD, 'src', 'pipit')
PIPITCTL = os.path.join(BUILD, 'src', 'tool', 'pipitctl')
PICTURES = os.environ.get('PIPIT_TEST_PICTURES')
TRUSTED = '/etc/ssl/certs/ca-certificates.crt'
HOST = 'cdn.gazette.example'
COLOUR = (255, 0, 200)  # of nothing else on the screen

LETTER = """<!DOCTYPE html><html><head>
<link rel="preconnect" href="https://preconnect.gazette.example/">
<link rel="dns-prefetch" href="https://prefetch.gazette.example/">
<link rel="stylesheet" href="https://cdn.gazette.example/style.css">
<style>@import url(https://cdn.gazette.example/import.css);
.map {{ background: url(https://cdn.gazette.example/{which}/styled.png); width: 60px; height: 60px }}
@font-face {{ font-family: F; src: url(https://cdn.gazette.example/font.woff) }} p {{ font-family: F }}</style>
</head><body><p>Letter {which}</p>
<img src="https://cdn.gazette.example/{which}/one.png" width="120" height="90">
<img src="http://cdn.gazette.example/{which}/two.png" width="120" height="90">
<div class="map"></div>
<iframe src="https://cdn.gazette.example/frame.html"></iframe>
<video src="https://cdn.gazette.example/film.mp4" autoplay></video>
<script src="https://cdn.gazette.example/script.js"></script>
<img src="https://127.0.0.1:8443/inwards.png"><img src="https://[::1]/inwards.png">
<img src="https://cdn.gazette.example/{which}/vector.svg"></body></html>"""


class WebServer(threading.Thread):
    """Gives every path a picture, but those that say otherwise; remembers what it was asked."""

    def __init__(self, certificate):
        super().__init__(daemon=True)
        self.requests = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self._socket = socket.create_server((own_network.PUBLIC_ADDRESS, 443))
        self.start()

    def run(self):
        while True:
            peer, _address = self._socket.accept()
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            with self._context.wrap_socket(peer, server_side=True) as stream:
                file = stream.makefile('rb')
                while head := self._read_head(file):
                    self.requests.append(head)
                    stream.sendall(self._answer(head[0].split()[1]))
        except OSError:
            pass

    @staticmethod
    def _read_head(file):
        lines = []
        while (line := file.readline().strip()):
            lines.append(line.decode('latin-1'))
        return lines

    @staticmethod
    def _answer(path):
        body = reader_messages.png(120, 90, COLOUR)
        if path.endswith('.svg'):
            body = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://x.gazette.example/"/></svg>'
        head = 'HTTP/1.1 200 OK\r\nSet-Cookie: who=you\r\nContent-Type: image/png\r\n'
        return (head + f'Content-Length: {len(body)}\r\n\r\n').encode() + body

    def paths(self):
        return sorted(head[0].split()[1] for head in self.requests)


def letter(which, sender, hours_ago):
    return reader_messages.message(f'Letter {which}', sender, hours_ago, 'As text\n', LETTER.format(which=which))


LETTERS = [('first', 'Harbour Gazette <desk@gazette.example>', 1),
           ('second', 'Harbour Gazette <desk@gazette.example>', 2),
           ('third', 'Harbour Gazette <sport@gazette.example>', 3),
           ('fourth', 'Harbour Gazette <sport@gazette.example>', 4),
           ('fifth', 'Somebody <who@elsewhere.example>', 5)]


class RemoteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        own_network.set_up()
        cls.directory = tempfile.mkdtemp(prefix='pipit-remote-')
        authority = Authority(os.path.join(cls.directory, 'tls'))
        with open(authority.ca_file, encoding='ascii') as file:
            own_network.replace_file(TRUSTED, file.read())
        cls.names = NameServer(own_network.PUBLIC_ADDRESS)
        cls.web = WebServer(authority.issue('web', hosts=(HOST,)))
        cls.others = [Listener(80), Listener(8443)]
        cls.room = Desktop(1280, 860)
        cls.room.__enter__()
        cls.profile = os.path.join(cls.directory, 'profile')
        with Dovecot() as dovecot:
            cls.fill(dovecot)
        cls.start()

    @classmethod
    def tearDownClass(cls):
        cls.person.close()
        cls.room.__exit__()
        process.remove_directory(cls.directory)

    @classmethod
    def fill(cls, dovecot):
        """Brings the letters into the cache; the window then needs no server."""
        imap = dovecot.imap('alice')
        for which, sender, hours_ago in LETTERS:
            imap.append('INBOX', '(\\Seen)', imaplib.Time2Internaldate(time.time() - 3600 * hours_ago),
                        letter(which, sender, hours_ago).as_bytes())
        imap.append('Junk', '(\\Seen)', None, letter('junk', 'Desk <desk@gazette.example>', 6).as_bytes())
        imap.logout()
        password_file = os.path.join(cls.directory, 'password')
        with open(password_file, 'w', encoding='ascii') as file:
            file.write('alicepw\n')
        account = ['account', 'add', 'alice@example.test', '--username', 'alice',
                   '--imap', f'127.0.0.1:{dovecot.imaps_port}:tls',
                   '--smtp', f'127.0.0.1:{dovecot.submissions_port}:tls',
                   '--certificate', dovecot.certificate.certificate,
                   '--password-command', f'cat {password_file}']
        for arguments in (account, ['sync', '--bodies', 'all']):
            subprocess.run([PIPITCTL, '--profile', cls.profile, *arguments], check=True,
                           stdout=subprocess.DEVNULL)

    @classmethod
    def start(cls):
        cls.person = Person(cls.room, [PIPIT, '--profile', cls.profile],
                            {'GSK_RENDERER': 'cairo'})
        cls.person.start()
        cls.person.click('list item', 'Inbox')
        cls.person.focus_window()
        cls.person.resize(1280, 860)
        cls.person.find('list item', 'Letter first')

    def open(self, which):
        self.web.requests.clear()
        self.names.names.clear()
        self.person.click('list item', f'Letter {which}')
        self.person.find('label', f'Letter {which}')
        time.sleep(2)

    def coloured(self):
        """How many pixels have the pictures' colour."""
        path = os.path.join(self.directory, 'screen.png')
        self.person.screenshot(path)
        said = subprocess.run(['convert', path, '-fill', 'black', '+opaque', 'rgb(%d,%d,%d)' % COLOUR,
                               '-fill', 'white', '-opaque', 'rgb(%d,%d,%d)' % COLOUR,
                               '-format', '%[fx:mean*w*h]', 'info:'],
                              capture_output=True, text=True, check=True).stdout
        return round(float(said))

    def assert_quiet(self):
        self.assertEqual(self.web.paths(), [])
        self.assertEqual(self.names.names, [])
        self.assertEqual([one for other in self.others for one in other.came], [])
        self.assertEqual(self.coloured(), 0)

    def assert_pictures_of(self, which):
        self.person.wait(lambda: len(self.web.requests) >= 4, 'the requests')
        self.person.wait(lambda: self.coloured() > 3 * 3000, 'the pictures')
        time.sleep(1)
        self.assertEqual(self.web.paths(), [f'/{which}/{name}' for name in
                                            ('one.png', 'styled.png', 'two.png', 'vector.svg')])
        self.assertLessEqual(set(self.names.names), {HOST})
        self.assertEqual([one for other in self.others for one in other.came], [])
        for head in self.web.requests:
            fields = {line.split(':')[0].lower() for line in head[1:]}
            self.assertLessEqual(fields, {'host', 'user-agent', 'accept', 'accept-encoding', 'connection'})

    def ask(self):
        return self.person.find('label', '6 remote pictures are not loaded')

    def picture(self, name):
        if PICTURES:
            self.person.screenshot(os.path.join(PICTURES, f'remote-{name}.png'))

    def test_1_nothing_by_itself(self):
        self.open('first')
        self.ask()
        self.picture('asks')
        self.assert_quiet()

    def test_2_this_message(self):
        self.open('first')
        self.person.click('push button', 'Load Pictures')
        self.assert_pictures_of('first')
        self.person.find('label', '3 pictures could not be loaded')
        self.picture('loaded')

    def test_3_another_of_the_sender(self):
        self.open('second')
        self.ask()
        self.assert_quiet()

    def test_4_always_for_the_sender(self):
        self.open('second')
        self.person.click('push button', 'Always')
        self.person.click('menu item', 'Always for desk@gazette.example')
        self.assert_pictures_of('second')
        self.open('third')
        self.ask()
        self.assert_quiet()

    def test_5_always_for_the_domain(self):
        self.open('third')
        self.person.click('push button', 'Always')
        self.picture('always')
        self.person.click('menu item', 'Always for @gazette.example')
        self.assert_pictures_of('third')
        self.open('fourth')
        self.assert_pictures_of('fourth')
        self.open('fifth')
        self.ask()
        self.assert_quiet()

    def test_6_what_was_fetched_is_kept(self):
        self.open('third')
        self.person.wait(lambda: self.coloured() > 3 * 3000, 'the pictures')
        self.assertEqual([path for path in self.web.paths() if path.endswith('.png')], [])

    def test_7_junk_is_asked_about(self):
        self.person.click('list item', 'Junk')
        self.open('junk')
        self.ask()
        self.assert_quiet()

    def test_8_remembered_and_taken_back(self):
        person = self.person
        person.close()
        self.start()
        person = self.person
        self.open('first')
        self.assert_pictures_of('first')
        person.key('ctrl+comma')
        person.find('label', '@gazette.example')
        person.focus_window()
        self.picture('preferences')
        for _sender in range(2):
            person.activate('push button', 'Ask again about')
        person.wait_until_gone('push button', 'Ask again about')
        person.key('Escape')
        person.focus_window()
        self.open('fourth')
        self.ask()
        self.assert_quiet()


if __name__ == '__main__':
    if not own_network.is_inside():
        own_network.enter_or_skip()
    tap.main()
