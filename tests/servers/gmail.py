"""A server with Gmail's extensions and habits, as far as they are known from public documents.

It is scripted: nobody has Gmail in a test. What it imitates, and from where that is known, is in
src/imap/README.md. One user; all state in memory; `Gmail.lock` guards it.
"""

import base64
import collections
import contextlib
import email.utils
import re
import threading
import time

from .imapwords import Literal, ascii_upper, in_set, quote, read_command
from .scripted import ScriptedServer

ALL, SENT, DRAFTS, TRASH, SPAM, STARRED, IMPORTANT = (
    '[Gmail]/' + name for name in ('All Mail', 'Sent Mail', 'Drafts', 'Trash', 'Spam', 'Starred',
                                   'Important'))
SPECIAL = {ALL: r'\All', SENT: r'\Sent', DRAFTS: r'\Drafts', TRASH: r'\Trash', SPAM: r'\Junk',
           STARRED: r'\Flagged', IMPORTANT: r'\Important'}
LABEL_WORDS = {'INBOX': r'\Inbox', SENT: r'\Sent', DRAFTS: r'\Draft', IMPORTANT: r'\Important',
               STARRED: r'\Starred'}
CAPABILITIES = ('IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE '
                'CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE SASL-IR '
                'AUTH=PLAIN')


class Message:
    def __init__(self, number, thread, raw, date):
        self.number, self.thread, self.raw, self.date = number, thread, raw, date
        self.place = ALL       # or TRASH or SPAM: then it is in no other folder
        self.labels = set()    # names of folders
        self.flags = set()     # of the message, whatever folder it is seen in
        self.is_chat = False   # which STATUS counts and SELECT does not

    def header(self):
        return self.raw.split(b'\r\n\r\n', 1)[0] + b'\r\n\r\n'

    def field(self, name):
        value = re.search(rb'(?im)^' + re.escape(name.encode()) + rb':[ \t]*((?:.|\r\n[ \t])*)',
                          self.header())
        return value[1].decode('utf-8', 'replace').strip() if value else ''

    def fields(self, names):
        wanted = {name.lower() for name in names}
        lines = re.findall(rb'(?:[^\r\n:]+):(?:.|\r\n[ \t])*\r\n', self.header())
        return b''.join(line for line in lines
                        if line.split(b':', 1)[0].decode().lower() in wanted) + b'\r\n'


class Entry:
    """A message in a folder."""

    def __init__(self, uid, message, modseq):
        self.uid, self.message, self.modseq = uid, message, modseq
        self.is_deleted = False  # the one flag that is the folder's

    def flags(self):
        return self.message.flags | ({r'\Deleted'} if self.is_deleted else set())


class Folder:
    def __init__(self, name, validity):
        self.name, self.validity, self.next, self.entries = name, validity, 1, []
        self.highest = 1

    def find(self, message):
        return next((entry for entry in self.entries if entry.message is message), None)

    def holds(self, message):
        if self.name in (TRASH, SPAM, ALL):
            return message.place == self.name and not message.is_chat
        if message.place != ALL or message.is_chat:
            return False
        return (r'\Flagged' in message.flags if self.name == STARRED
                else self.name in message.labels)


class Gmail:
    """The account. Options:

    @move_to_trash: 'works', 'drops' (the connection, with nothing done), or 'drops-done'
    @connections: how many may be signed in at a time
    @idle_shows_labels: whether IDLE tells of messages that come and go by labels
    @without: capabilities to leave out
    @more: capabilities beside Gmail's; OBJECTID has an effect
    """

    user, password = 'mara@gmail.example', 's3cret-of-mara'

    def __init__(self, move_to_trash='works', connections=15, idle_shows_labels=False, without=(),
                 more=()):
        self.move_to_trash, self.connections = move_to_trash, connections
        self.idle_shows_labels = idle_shows_labels
        self.capabilities = ' '.join([word for word in CAPABILITIES.split()
                                      if word not in without] + list(more))
        self.lock = threading.RLock()
        self.folders = {}
        self.messages = []
        self.sessions = []
        self.modseq = 1000
        self.headers = collections.Counter()  # by Message-ID: how often fetched
        self.bodies = collections.Counter()
        self.commands = []                    # as they came, without literals and secrets
        self.appended = []                    # mailbox names
        for name in ['INBOX', *SPECIAL]:
            self.create(name)
        self._server = ScriptedServer(lambda peer: Session(self, peer).run())
        self.imap_port = self._server.port
        self.users = {self.user: self.password}

    def __enter__(self):
        self._server.__enter__()
        return self

    def __exit__(self, *unused):
        self._server.__exit__()
        assert not self._server.errors, self._server.errors

    # What others do: the web page, another client, the submission server.

    def create(self, name):
        self.folders[name] = Folder(name, len(self.folders) + 11)

    def deliver(self, raw, *labels, flags=(), thread=None, place=ALL, date=1700000000):
        """A new message. @thread: another one, of whose conversation it is."""
        with self.changing():
            number = 1278455344230334865 + len(self.messages) * 7
            message = Message(number, thread.thread if thread else number, raw, date)
            message.labels, message.flags, message.place = set(labels), set(flags), place
            self.messages.append(message)
            self.update(message)
            return message

    def submit(self, raw):
        """What the submission server does with what is sent through it."""
        return self.deliver(raw, SENT, flags=[r'\Seen'])

    def label(self, message, *add, remove=()):
        with self.changing(by_label=True):
            message.labels = (message.labels | set(add)) - set(remove)
            self.update(message)

    def flag(self, message, *add, remove=()):
        with self.changing():
            self.set_flags(message, (message.flags | set(add)) - set(remove))

    def put(self, message, place):
        with self.changing(by_label=True):
            self.place(message, place)

    # What it comes to.

    @contextlib.contextmanager
    def changing(self, by_label=False):
        with self.lock:
            yield
            for session in self.sessions:
                if session.is_idling and (self.idle_shows_labels or not by_label):
                    session.tell()

    def set_flags(self, message, flags):
        if flags != message.flags:
            message.flags = flags
            self.modseq += 1
            for folder in self.folders.values():
                entry = folder.find(message)
                if entry:
                    entry.modseq = folder.highest = self.modseq
        self.update(message)

    def place(self, message, place):
        """Trash and Spam take a message out of everywhere else, labels and all."""
        if place != message.place:
            message.place = place
            message.labels.clear()
        self.update(message)

    def update(self, message):
        """Brings the folders in line with a message. Labels change no MODSEQ (quirk 8)."""
        for folder in self.folders.values():
            entry = folder.find(message)
            if folder.holds(message) and not entry:
                folder.entries.append(Entry(folder.next, message, self.modseq))
                folder.next += 1
            elif entry and not folder.holds(message):
                folder.entries.remove(entry)

    def copy(self, message, name):
        if name in (TRASH, SPAM):
            self.place(message, name)
        elif name == STARRED:
            self.set_flags(message, message.flags | {r'\Flagged'})
        else:
            self.place(message, ALL)
            if name != ALL:
                message.labels.add(name)
            self.update(message)
        return self.folders[name].find(message).uid

    def expunge(self, name, entry):
        """In Trash and Spam that is the end of it; elsewhere it only loses the label."""
        entry.is_deleted = False
        if name in (TRASH, SPAM):
            self.messages.remove(entry.message)
            entry.message.place = None
        elif name == STARRED:
            entry.message.flags.discard(r'\Flagged')
        else:
            entry.message.labels.discard(name)
        self.update(entry.message)

    def chats(self, name):
        return sum(message.is_chat for message in self.messages) if name == ALL else 0

    def names(self, folder):
        """The Message-IDs of a folder, each as often as it is there."""
        with self.lock:
            return sorted(entry.message.field('Message-ID').strip('<>')
                          for entry in self.folders[folder].entries)


class Session:
    def __init__(self, gmail, peer):
        self.gmail, self.peer = gmail, peer
        self.folder = None
        self.view = []            # (UID, flags) as the client knows them
        self.is_signed_in = self.is_idling = False

    def run(self):
        self.peer.send('* OK Gimap ready for requests from 127.0.0.1\r\n')
        try:
            while True:
                tag, words = read_command(self.peer)
                name = ascii_upper(words[0])
                if name == 'UID':
                    name += ' ' + ascii_upper(words.pop(1))
                self.gmail.commands.append(
                    name if name in ('LOGIN', 'AUTHENTICATE') else
                    ' '.join([name, *map(describe, words[1:])]))
                if name == 'LOGOUT':
                    self.peer.send(f'* BYE LOGOUT Requested\r\n{tag} OK 73 good day\r\n')
                    return
                with self.gmail.changing(by_label=True):
                    answer = self.answer(name, words[1:], tag)
                    if self.folder and not name.startswith('IDLE'):
                        self.tell()
                self.peer.send(f'{tag} {answer}\r\n')
        finally:
            with self.gmail.lock:
                if self in self.gmail.sessions:
                    self.gmail.sessions.remove(self)

    def say(self, text):
        self.peer.send(f'* {text}\r\n')

    def answer(self, name, words, tag):
        method = getattr(self, 'do_' + name.lower().replace(' ', '_'), None)
        if method is None:
            return 'BAD Unknown command'
        if not self.is_signed_in and name not in ('CAPABILITY', 'NOOP', 'ID', 'LOGIN',
                                                  'AUTHENTICATE'):
            return 'BAD Not signed in'
        return (method(words, tag) if name == 'IDLE' else method(words)) or 'OK Success'

    def tell(self):
        """What has become of the selected folder."""
        now = {entry.uid: frozenset(entry.flags()) for entry in self.folder.entries}
        for at in reversed(range(len(self.view))):
            if self.view[at][0] not in now:
                del self.view[at]
                self.say(f'{at + 1} EXPUNGE')
        known = {uid for uid, _ in self.view}
        for at, (uid, flags) in enumerate(self.view):
            if flags != now[uid]:
                self.view[at] = (uid, now[uid])
                self.say(f'{at + 1} FETCH (UID {uid} FLAGS ({" ".join(sorted(now[uid]))}))')
        fresh = [(uid, now[uid]) for uid in now if uid not in known]
        if fresh:
            self.view += fresh
            self.say(f'{len(self.view)} EXISTS')

    # Signing in.

    def do_capability(self, words):
        self.say('CAPABILITY ' + self.gmail.capabilities)

    def do_noop(self, words):
        pass

    do_check = do_noop

    def do_id(self, words):
        self.say('ID ("name" "GImap" "vendor" "Google, Inc.")')

    def sign_in(self, user, password):
        if password != self.gmail.users.get(user):
            return 'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)'
        if len(self.gmail.sessions) >= self.gmail.connections:
            return 'NO [ALERT] Too many simultaneous connections. (Failure)'
        self.is_signed_in = True
        self.gmail.sessions.append(self)
        self.do_capability([])
        return f'OK {user} authenticated (Success)'

    def do_login(self, words):
        return self.sign_in(*words)

    def do_authenticate(self, words):
        if len(words) == 1:
            self.peer.send('+ \r\n')
            words.append(self.peer.line())
        return self.sign_in(*base64.b64decode(words[1]).decode().split('\0')[1:])

    def do_enable(self, words):
        self.say('ENABLED ' + ' '.join(word for word in words if ascii_upper(word) == 'CONDSTORE'))

    def do_namespace(self, words):
        self.say('NAMESPACE (("" "/")) NIL NIL')

    # Folders.

    def do_list(self, words):
        options = [ascii_upper(word) for word in words[3]] if len(words) > 3 else []
        status = words[3][options.index('STATUS') + 1] if 'STATUS' in options else None
        pattern = re.escape(words[1]).replace(r'\*', '.*').replace('%', '[^/]*')
        names = list(self.gmail.folders)
        names.insert(1, '[Gmail]')
        for name in names:
            if not re.fullmatch(pattern, name):
                continue
            attributes = [r'\HasNoChildren']
            if any(other.startswith(name + '/') for other in names):
                attributes = [r'\HasChildren']
            if name == '[Gmail]':
                attributes.append(r'\Noselect')
            elif name in SPECIAL:
                attributes.append(SPECIAL[name])
            self.say(f'LIST ({" ".join(attributes)}) "/" {quote(name)}')
            if status and name != '[Gmail]':
                self.do_status([name, status])

    def do_lsub(self, words):
        for name in self.gmail.folders:
            self.say(f'LSUB () "/" {quote(name)}')

    def do_status(self, words):
        folder = self.gmail.folders.get(words[0])
        if folder is None:
            return 'NO [NONEXISTENT] Unknown Mailbox: ' + words[0] + ' (Failure)'
        numbers = {
            'MESSAGES': len(folder.entries) + self.gmail.chats(folder.name),
            'UIDNEXT': folder.next, 'UIDVALIDITY': folder.validity, 'RECENT': 0,
            'HIGHESTMODSEQ': folder.highest,
            'UNSEEN': sum(r'\Seen' not in entry.message.flags for entry in folder.entries)}
        items = ' '.join(f'{ascii_upper(word)} {numbers[ascii_upper(word)]}' for word in words[1]
                         if ascii_upper(word) in numbers)
        self.say(f'STATUS {quote(folder.name)} ({items})')

    def do_select(self, words):
        self.folder = None
        folder = self.gmail.folders.get('INBOX' if ascii_upper(words[0]) == 'INBOX' else words[0])
        if folder is None:
            return f'NO [NONEXISTENT] Unknown Mailbox: {words[0]} (Failure)'
        self.folder = folder
        self.view = [(entry.uid, frozenset(entry.flags())) for entry in folder.entries]
        keywords = sorted({flag for message in self.gmail.messages for flag in message.flags
                           if flag[0] != '\\'} | {'$NotPhishing', '$Phishing'})
        flags = r'\Answered \Flagged \Draft \Deleted \Seen ' + ' '.join(keywords)
        self.say(f'FLAGS ({flags})')
        self.say(rf'OK [PERMANENTFLAGS ({flags} \*)] Flags permitted.')
        self.say(f'OK [UIDVALIDITY {folder.validity}] UIDs valid.')
        self.say(f'{len(folder.entries)} EXISTS')
        self.say('0 RECENT')
        self.say(f'OK [UIDNEXT {folder.next}] Predicted next UID.')
        self.say(f'OK [HIGHESTMODSEQ {folder.highest}]')
        return f'OK [READ-WRITE] {folder.name} selected. (Success)'

    do_examine = do_select

    def do_unselect(self, words):
        self.folder = None

    def do_close(self, words):
        self.do_expunge(words)
        self.folder = None

    def do_create(self, words):
        self.gmail.create(words[0])

    def do_delete(self, words):
        if words[0] not in self.gmail.folders:
            return 'NO [NONEXISTENT] Unknown Mailbox'
        del self.gmail.folders[words[0]]
        for message in self.gmail.messages:
            message.labels.discard(words[0])

    def do_rename(self, words):
        self.gmail.create(words[1])
        for message in self.gmail.messages:
            if words[0] in message.labels:
                message.labels.add(words[1])
                self.gmail.update(message)
        self.do_delete(words)

    def do_subscribe(self, words):
        pass

    do_unsubscribe = do_subscribe

    def do_append(self, words):
        folder = self.gmail.folders.get(words[0])
        if folder is None:
            return 'NO [TRYCREATE] Unknown Mailbox'
        flags = next((word for word in words[1:] if isinstance(word, list)), [])
        self.gmail.appended.append(folder.name)
        message = self.gmail.deliver(bytes(words[-1]), folder.name, flags=flags,
                                     place=folder.name if folder.name in (TRASH, SPAM) else ALL)
        return f'OK [APPENDUID {folder.validity} {folder.find(message).uid}] (Success)'

    def do_idle(self, words, tag):
        self.tell()
        self.is_idling = True
        self.peer.send('+ idling\r\n')
        self.gmail.lock.release()
        try:
            done = self.peer.line()
        finally:
            self.gmail.lock.acquire()
            self.is_idling = False
        self.tell()
        return 'OK IDLE terminated (Success)' if done.upper() == 'DONE' else 'BAD Expected DONE'

    # Messages.

    def chosen(self, uids):
        last = self.folder.entries[-1].uid if self.folder.entries else 1
        return [entry for entry in self.folder.entries if in_set(entry.uid, uids, last)]

    def do_uid_fetch(self, words):
        items = words[1] if isinstance(words[1], list) else [words[1]]
        since = 0
        if len(words) > 2:
            since = int(words[2][1])
        numbers = {uid: at + 1 for at, (uid, _) in enumerate(self.view)}
        for entry in self.chosen(words[0]):
            if entry.modseq > since and entry.uid in numbers:
                self.peer.send(b'* %d FETCH (%s)\r\n' % (numbers[entry.uid],
                                                         self.fetch(entry, items)))

    def fetch(self, entry, items):
        message = entry.message
        said = []
        for item in items:
            name = ascii_upper(item) if isinstance(item, str) else item
            if name == 'UID':
                said.append(b'UID %d' % entry.uid)
            elif name == 'FLAGS':
                said.append(f'FLAGS ({" ".join(sorted(entry.flags()))})'.encode())
            elif name == 'INTERNALDATE':
                date = time.strftime('%d-%b-%Y %H:%M:%S +0000', time.gmtime(message.date))
                said.append(f'INTERNALDATE "{date}"'.encode())
            elif name == 'RFC822.SIZE':
                said.append(b'RFC822.SIZE %d' % len(message.raw))
            elif name == 'MODSEQ':
                said.append(b'MODSEQ (%d)' % entry.modseq)
            elif name == 'EMAILID':
                said.append(b'EMAILID (M%d)' % message.number)
            elif name == 'THREADID':
                said.append(b'THREADID (T%d)' % message.thread)
            elif name == 'X-GM-MSGID':
                said.append(b'X-GM-MSGID %d' % message.number)
            elif name == 'X-GM-THRID':
                said.append(b'X-GM-THRID %d' % message.thread)
            elif name == 'X-GM-LABELS':
                labels = [quote(LABEL_WORDS.get(label, label)) for label in sorted(message.labels)
                          if label != self.folder.name]
                said.append(f'X-GM-LABELS ({" ".join(labels)})'.encode())
            elif name == 'BODYSTRUCTURE':
                body = message.raw.split(b'\r\n\r\n', 1)[1]
                said.append(b'BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" '
                            b'%d %d NIL NIL NIL NIL)' % (len(body), body.count(b'\n')))
            elif name.startswith('BODY'):
                said.append(self.section(message, name))
            else:
                raise AssertionError(f'asked for {item}')
        return b' '.join(said)

    def section(self, message, item):
        name, start = re.fullmatch(r'BODY(?:\.PEEK)?\[(.*)\](?:<(\d+)\.\d+>)?', item).groups()
        key = message.field('Message-ID').strip('<>')
        if name.startswith('HEADER.FIELDS'):
            self.gmail.headers[key] += 1
            data = message.fields(re.search(r'\((.*)\)', name)[1].split())
        elif name == 'HEADER':
            data = message.header()
        elif name == '':
            self.gmail.bodies[key] += 1
            data = message.raw
        elif name in ('1', 'TEXT'):
            data = message.raw.split(b'\r\n\r\n', 1)[1]
        else:
            data = b''
        origin = ''
        if start is not None:
            count = int(re.search(r'\.(\d+)>$', item)[1])
            data, origin = data[int(start):int(start) + count], f'<{start}>'
        return f'BODY[{name}]{origin} {{{len(data)}}}\r\n'.encode() + data

    def do_uid_search(self, words):
        extended = len(words) > 1 and ascii_upper(words[0]) == 'RETURN'
        if extended:
            words = words[2:]
        if ascii_upper(words[0]) == 'CHARSET':
            words = words[2:]
        found = [entry.uid for entry in self.folder.entries if self.matches(entry, list(words))]
        if extended:
            self.peer.send(f'* ESEARCH (TAG "{self.peer.tag}") UID'
                           + (' ALL ' + ','.join(map(str, found)) if found else '') + '\r\n')
        else:
            self.say(' '.join(['SEARCH', *map(str, found)]))

    def matches(self, entry, words):
        message = entry.message
        while words:
            key = ascii_upper(words.pop(0))
            if key == 'ALL':
                is_match = True
            elif key == 'UID':
                last = self.folder.entries[-1].uid
                is_match = in_set(entry.uid, words.pop(0), last)
            elif key == 'HEADER':
                name, value = words.pop(0), words.pop(0)
                is_match = value.lower() in message.field(name).lower()
            elif key in ('BODY', 'TEXT'):
                is_match = words.pop(0).lower() in re.findall(
                    r'\w+', message.raw.decode('utf-8', 'replace').lower())
            elif key == 'X-GM-RAW':
                is_match = matches_raw(message, words.pop(0))
            elif key == 'X-GM-MSGID':
                is_match = message.number == int(words.pop(0))
            elif key == 'X-GM-THRID':
                is_match = message.thread == int(words.pop(0))
            elif key == 'X-GM-LABELS':
                label = words.pop(0)
                is_match = label in message.labels or label in {
                    LABEL_WORDS.get(name) for name in message.labels}
            elif key == 'UNSEEN':
                is_match = r'\Seen' not in message.flags
            elif key == 'DELETED':
                is_match = entry.is_deleted
            elif key == 'MODSEQ':
                is_match = entry.modseq >= int(words.pop(0))
            else:
                raise AssertionError(f'searched for {key}')
            if not is_match:
                return False
        return True

    def do_uid_store(self, words):
        uids = words.pop(0)
        if isinstance(words[0], list):
            words.pop(0)
        item = ascii_upper(words[0])
        values = set(words[1]) if isinstance(words[1], list) else {words[1]}
        for entry in self.chosen(uids):
            if 'X-GM-LABELS' in item:
                by_word = {word: name for name, word in LABEL_WORDS.items()}
                names = {by_word.get(value, value) for value in values}
                labels = entry.message.labels
                entry.message.labels = (labels | names if item[0] == '+' else
                                        labels - names if item[0] == '-' else names)
                self.gmail.update(entry.message)
                continue
            before = entry.flags()
            after = (before | values if item[0] == '+' else
                     before - values if item[0] == '-' else values)
            if entry.is_deleted != (r'\Deleted' in after):
                entry.is_deleted = r'\Deleted' in after
                self.gmail.modseq += 1
                entry.modseq = self.folder.highest = self.gmail.modseq
            self.gmail.set_flags(entry.message, after - {r'\Deleted'})

    def transfer(self, words, is_move):
        target = self.gmail.folders.get(words[1])
        if target is None:
            return 'NO [TRYCREATE] No folder ' + words[1] + ' (Failure)'
        pairs = []
        for entry in self.chosen(words[0]):
            pairs.append((entry.uid, self.gmail.copy(entry.message, target.name)))
            if is_move and self.folder is not target and entry in self.folder.entries:
                self.gmail.expunge(self.folder.name, entry)
        if not pairs:
            return 'OK (Success)'
        code = (f'[COPYUID {target.validity} {",".join(str(uid) for uid, _ in pairs)} '
                f'{",".join(str(uid) for _, uid in pairs)}]')
        if not is_move:
            return f'OK {code} (Success)'
        self.say(f'OK {code}')
        return 'OK (Success)'

    def do_uid_copy(self, words):
        return self.transfer(words, is_move=False)

    def do_uid_move(self, words):
        if words[1] == TRASH and self.gmail.move_to_trash != 'works':
            if self.gmail.move_to_trash == 'drops-done':
                self.transfer(words, is_move=True)
            raise EOFError
        return self.transfer(words, is_move=True)

    def do_expunge(self, words):
        for entry in [entry for entry in self.folder.entries if entry.is_deleted]:
            self.gmail.expunge(self.folder.name, entry)

    def do_uid_expunge(self, words):
        for entry in self.chosen(words[0]):
            if entry.is_deleted:
                self.gmail.expunge(self.folder.name, entry)


def matches_raw(message, query):
    """A little of the search language of the web page: words are found by their beginning."""
    words = re.findall(r'\w+', message.raw.decode('utf-8', 'replace').lower())
    for term in query.split():
        name, colon, value = term.partition(':')
        if name == 'rfc822msgid' and colon:
            if value.strip('<>') != message.field('Message-ID').strip('<>'):
                return False
        elif not any(word.startswith(term.strip('"').lower()) for word in words):
            return False
    return True


def describe(word):
    if isinstance(word, Literal):
        return f'{{{len(word)}}}'
    if isinstance(word, list):
        return '(' + ' '.join(map(describe, word)) + ')'
    return word


def letter(number, subject=None, body='Hello', message_id=None, more=''):
    """A message. Its Message-ID is m<number>@people.example."""
    message_id = message_id or f'm{number}@people.example'
    date = email.utils.formatdate(1699900000 + number * 60)
    return (f'From: Person <person{number}@people.example>\r\nTo: mara@gmail.example\r\n'
            f'Subject: {subject or f"Message {number}"}\r\nMessage-ID: <{message_id}>\r\n'
            f'Date: {date}\r\n{more}MIME-Version: 1.0\r\n'
            f'Content-Type: text/plain; charset=utf-8\r\n\r\n{body} {number}\r\n').encode()
