"""A small IMAP server whose habits a test can change: what servers really do, replayed.

    class Descending(stray.Session):
        def chosen(self, uids):
            return list(reversed(super().chosen(uids)))

    with Stray(Descending) as server:
        server.deliver('INBOX', letter(1))

One user; all state in memory; `Stray.lock` guards it. It has no extensions but those of
`capabilities`, and knows of these what the tests need.
"""

import re
import threading
import time

from .gmail import letter
from .imapwords import ascii_upper, in_set, quote, read_command
from .scripted import ScriptedServer

__all__ = ['Folder', 'Message', 'Session', 'Stray', 'letter']

FLAGS = r'\Answered \Flagged \Draft \Deleted \Seen'


class Message:
    def __init__(self, uid, raw, flags, date):
        self.uid, self.raw, self.flags, self.date = uid, raw, set(flags), date
        self.modseq = 1

    def header(self):
        return self.raw.split(b'\r\n\r\n', 1)[0] + b'\r\n\r\n'

    def text(self):
        return self.raw.split(b'\r\n\r\n', 1)[1]

    def field(self, name):
        found = re.search(rb'(?im)^' + name.encode() + rb':[ \t]*(.*)\r$', self.header())
        return found[1].decode('utf-8', 'replace') if found else ''

    def fields(self, names):
        wanted = {name.lower() for name in names}
        lines = re.findall(rb'(?:[^\r\n:]+):(?:.|\r\n[ \t])*\r\n', self.header())
        return b''.join(line for line in lines
                        if line.split(b':', 1)[0].decode().lower() in wanted) + b'\r\n'


class Folder:
    def __init__(self, name, validity):
        self.name, self.validity, self.next, self.messages = name, validity, 1, []

    def subjects(self):
        return sorted(message.field('Subject') for message in self.messages)


class Session:
    """One connection. Tests override what is to be otherwise."""

    capabilities = 'IMAP4rev1 LITERAL+ ID IDLE UIDPLUS MOVE UNSELECT'
    identity = '("name" "Stray" "version" "1.0")'
    greeting = 'ready'
    selected_codes = ('UIDVALIDITY', 'UIDNEXT', 'PERMANENTFLAGS')

    def __init__(self, server, peer):
        self.server, self.peer = server, peer
        self.folder = None
        self.view = []  # UIDs, as the client has been told of them
        self.is_idling = False

    def run(self):
        self.say(f'OK [CAPABILITY {self.capabilities}] {self.greeting}')
        while True:
            self.tag, words = read_command(self.peer)
            name = ascii_upper(words.pop(0))
            if name == 'UID':
                name += ' ' + ascii_upper(words.pop(0))
            with self.server.lock:
                self.server.commands.append(
                    name if name == 'LOGIN' else ' '.join([name, *map(str, words)]))
                if name == 'LOGOUT':
                    self.peer.send(f'* BYE bye\r\n{self.tag} OK done\r\n')
                    return
                answer = self.answer(name, words)
                if self.folder and name.startswith(('NOOP', 'IDLE', 'UID')):
                    self.tell()
            self.peer.send(f'{self.tag} {answer}\r\n')

    def say(self, text):
        self.peer.send(f'* {text}\r\n')

    def answer(self, name, words):
        method = getattr(self, 'do_' + name.lower().replace(' ', '_'), None)
        return 'BAD unknown command' if method is None else method(words) or 'OK done'

    def tell(self):
        """What has become of the selected folder."""
        now = [message.uid for message in self.folder.messages]
        for at in reversed(range(len(self.view))):
            if self.view[at] not in now:
                del self.view[at]
                self.say(f'{at + 1} EXPUNGE')
        if len(now) > len(self.view):
            self.view = now
            self.say(f'{len(now)} EXISTS')

    # Signing in

    def do_capability(self, words):
        self.say('CAPABILITY ' + self.capabilities)

    def do_login(self, words):
        if words[1] != self.server.password:
            return 'NO [AUTHENTICATIONFAILED] no'
        return f'OK [CAPABILITY {self.capabilities}] welcome'

    def do_id(self, words):
        self.say('ID ' + self.identity)

    def do_noop(self, words):
        pass

    def do_namespace(self, words):
        self.say('NAMESPACE (("" "/")) NIL NIL')

    # Folders

    def do_list(self, words):
        for name in self.server.folders:
            self.say(f'LIST (\\HasNoChildren) "/" {quote(name)}')

    def status_items(self, folder):
        return {'MESSAGES': len(folder.messages), 'UIDNEXT': folder.next, 'RECENT': 0,
                'UIDVALIDITY': folder.validity,
                'UNSEEN': sum(r'\Seen' not in message.flags for message in folder.messages)}

    def do_status(self, words):
        folder = self.server.folders.get(words[0])
        if folder is None:
            return 'NO [NONEXISTENT] no such mailbox'
        items = self.status_items(folder)
        said = ' '.join(f'{ascii_upper(word)} {items[ascii_upper(word)]}' for word in words[1]
                        if ascii_upper(word) in items)
        self.say(f'STATUS {quote(folder.name)} ({said})')

    def do_select(self, words):
        self.folder = self.server.folders.get(words[0])
        if self.folder is None:
            return 'NO [NONEXISTENT] no such mailbox'
        self.view = [message.uid for message in self.folder.messages]
        self.say(f'FLAGS ({FLAGS} $Junk)')
        self.say(f'{len(self.view)} EXISTS')
        self.say('0 RECENT')
        if 'PERMANENTFLAGS' in self.selected_codes:
            self.say(rf'OK [PERMANENTFLAGS ({FLAGS} $Junk \*)] yes')
        if 'UIDVALIDITY' in self.selected_codes:
            self.say(f'OK [UIDVALIDITY {self.folder.validity}] yes')
        if 'UIDNEXT' in self.selected_codes:
            self.say(f'OK [UIDNEXT {self.folder.next}] yes')
        return 'OK [READ-WRITE] selected'

    do_examine = do_select

    def do_unselect(self, words):
        self.folder = None

    def do_create(self, words):
        self.server.add_folder(words[0])

    def do_append(self, words):
        flags = next((word for word in words[1:] if isinstance(word, list)), [])
        folder = self.server.folders.get(words[0])
        if folder is None:
            return 'NO [TRYCREATE] no such mailbox'
        message = self.server.deliver(words[0], bytes(words[-1]), flags=flags)
        return f'OK [APPENDUID {folder.validity} {message.uid}] done'

    def do_idle(self, words):
        self.peer.send('+ idling\r\n')
        self.is_idling = True
        self.server.idling.append(self)
        self.server.lock.release()
        try:
            done = self.peer.line()
        finally:
            self.server.lock.acquire()
            self.is_idling = False
            self.server.idling.remove(self)
        return 'OK done' if done.upper() == 'DONE' else 'BAD expected DONE'

    # Messages

    def listed(self):
        """What the client can see: what it has been told of."""
        return [message for message in self.folder.messages if message.uid in self.view]

    def chosen(self, uids):
        messages = self.listed()
        last = messages[-1].uid if messages else 1
        return [message for message in messages if in_set(message.uid, uids, last)]

    def do_uid_fetch(self, words):
        items = words[1] if isinstance(words[1], list) else [words[1]]
        for message in self.chosen(words[0]):
            number = self.view.index(message.uid) + 1
            self.peer.send(b'* %d FETCH (%s)\r\n' % (number, b' '.join(
                said for item in items for said in [self.fetch(message, item)] if said)))

    def size(self, message):
        return len(message.raw)

    def fetch(self, message, item):
        name = ascii_upper(item) if not item.upper().startswith('BODY') else item
        if name == 'UID':
            return b'UID %d' % message.uid
        if name == 'FLAGS':
            return f'FLAGS ({" ".join(sorted(message.flags))})'.encode()
        if name == 'INTERNALDATE':
            date = time.strftime('%d-%b-%Y %H:%M:%S +0000', time.gmtime(message.date))
            return f'INTERNALDATE "{date}"'.encode()
        if name == 'RFC822.SIZE':
            return b'RFC822.SIZE %d' % self.size(message)
        if name == 'MODSEQ':
            return b'MODSEQ (%d)' % message.modseq
        if name.upper() == 'BODYSTRUCTURE':
            return b'BODYSTRUCTURE ' + self.structure(message)
        return self.section(message, name)

    def structure(self, message):
        text = message.text()
        return (b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" %d %d NIL NIL NIL NIL)'
                % (len(text), text.count(b'\n')))

    def section_bytes(self, message, name):
        if name.startswith('HEADER.FIELDS'):
            return message.fields(re.search(r'\((.*)\)', name)[1].split())
        return {'': message.raw, 'HEADER': message.header(), 'TEXT': message.text(),
                '1': message.text()}.get(name, b'')

    def section(self, message, item):
        name, start, count = re.fullmatch(r'BODY(?:\.PEEK)?\[(.*)\](?:<(\d+)\.(\d+)>)?',
                                          item, re.IGNORECASE).groups()
        data = self.section_bytes(message, name.upper())
        origin = ''
        if start is not None:
            data, origin = data[int(start):int(start) + int(count)], f'<{start}>'
        return f'BODY[{name}]{origin} {{{len(data)}}}\r\n'.encode() + data

    def matches(self, message, words):
        words = list(words)
        while words:
            key = ascii_upper(words.pop(0))
            if re.fullmatch(r'[\d:*,]+', key):
                is_match = in_set(self.view.index(message.uid) + 1, key, len(self.view))
            elif key == 'UID':
                is_match = in_set(message.uid, words.pop(0), self.view[-1])
            elif key == 'HEADER':
                name, value = words.pop(0), words.pop(0)
                is_match = value.lower() in message.field(name).lower()
            elif key in ('ALL', 'SINCE'):
                is_match = True
                del words[:key == 'SINCE']
            elif key in ('UNSEEN', 'DELETED'):
                is_match = (r'\Seen' not in message.flags if key == 'UNSEEN'
                            else r'\Deleted' in message.flags)
            else:
                raise AssertionError(f'searched for {key}')
            if not is_match:
                return False
        return True

    def do_uid_search(self, words):
        extended = ascii_upper(words[0]) == 'RETURN'
        keys = words[2:] if extended else words
        found = [message.uid for message in self.listed() if self.matches(message, keys)]
        if extended:
            self.say_found(found)
        else:
            self.say(' '.join(['SEARCH', *map(str, found)]))

    def say_found(self, found):
        uids = ' ALL ' + ','.join(map(str, found)) if found else ''
        self.say(f'ESEARCH (TAG "{self.tag}") UID{uids}')

    def do_uid_store(self, words):
        values = set(words[-1])
        sign = words[-2][0]
        for message in self.chosen(words[0]):
            message.flags = (message.flags | values if sign == '+' else
                             message.flags - values if sign == '-' else values)
            number = self.view.index(message.uid) + 1
            self.say(f'{number} FETCH (UID {message.uid} FLAGS ({" ".join(message.flags)}))')

    def transfer(self, words):
        target = self.server.folders.get(words[1])
        if target is None:
            return None
        return [(message, self.server.deliver(words[1], message.raw, flags=message.flags,
                                              date=message.date))
                for message in self.chosen(words[0])]

    def copied(self, words, pairs):
        """The response code that says what was copied where."""
        return (f'[COPYUID {self.server.folders[words[1]].validity} '
                f'{",".join(str(old.uid) for old, _ in pairs)} '
                f'{",".join(str(new.uid) for _, new in pairs)}]')

    def do_uid_copy(self, words):
        pairs = self.transfer(words)
        return (f'OK {self.copied(words, pairs)} done' if pairs is not None
                else 'NO [TRYCREATE] no such mailbox')

    def do_uid_move(self, words):
        pairs = self.transfer(words)
        if pairs is None:
            return 'NO [TRYCREATE] no such mailbox'
        self.say(f'OK {self.copied(words, pairs)} moved')
        for message, _ in pairs:
            self.folder.messages.remove(message)
        return 'OK done'

    def do_uid_expunge(self, words):
        for message in self.chosen(words[0]):
            if r'\Deleted' in message.flags:
                self.folder.messages.remove(message)


class Stray:
    """The account."""

    user, password = 'mara', 's3cret-of-mara'

    def __init__(self, session=Session, folders=('INBOX', 'Archive', 'Trash', 'Sent')):
        self.session = session
        self.lock = threading.RLock()
        self.folders = {}
        self.commands = []  # as they came, without the secret
        self.idling = []
        for name in folders:
            self.add_folder(name)
        self._server = ScriptedServer(lambda peer: self.session(self, peer).run())
        self.imap_port = self._server.port
        self.users = {self.user: self.password}

    def __enter__(self):
        self._server.__enter__()
        return self

    def __exit__(self, *unused):
        self._server.__exit__()
        assert not self._server.errors, self._server.errors

    def add_folder(self, name):
        self.folders[name] = Folder(name, len(self.folders) + 11)

    def deliver(self, name, raw, flags=(), date=1700000000):
        with self.lock:
            folder = self.folders[name]
            message = Message(folder.next, raw, flags, date)
            folder.next += 1
            folder.messages.append(message)
            for session in self.idling:
                if session.folder is folder:
                    session.tell()
            return message

    def count(self, words):
        """How many commands have begun with these words."""
        with self.lock:
            return sum(command.startswith(words) for command in self.commands)

    def forget_commands(self):
        with self.lock:
            self.commands = []
