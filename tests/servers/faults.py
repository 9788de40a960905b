"""An IMAP server with mail of its own that fails where a test says.

    mail = Mail(12)
    with FaultServer(mail, [Fault('FETCH', cut)]) as server:
        ...pipitctl with --imap localhost:{server.port}:none...
    with FaultServer(mail) as server:          # the same mail, and nothing wrong

The server is small and correct: what it says of its mail is true, so that whatever a client makes
of a fault can be compared with it. A `Fault` sits at a step, which is a command's name ('SELECT',
'UID FETCH' is 'FETCH'), or 'connect', 'greeting', and takes over what the server would have said there.
`DamagingProxy` does the same by bytes and in front of a real server.
"""

import re
import ssl
import time

from .proxy import Proxy
from .scripted import ScriptedServer

CAPABILITIES = 'IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ ID NAMESPACE UIDPLUS MOVE UNSELECT IDLE'


def make_message(number, subject=None):
    """Returns a small message that nothing else is like."""
    return (f'From: Anna {number} <anna{number}@example.test>\r\n'
            f'To: alice@example.test\r\n'
            f'Subject: {subject or "Message"} {number}\r\n'
            f'Date: Mon, 03 Jun 2024 10:{number % 60:02}:00 +0000\r\n'
            f'Message-ID: <message{number}@example.test>\r\n'
            f'Content-Type: text/plain; charset=utf-8\r\n\r\n'
            f'This is the text of message {number}.\r\n').encode()


class Message:
    def __init__(self, uid, raw, flags=()):
        self.uid = uid
        self.raw = raw
        self.flags = set(flags)

    @property
    def message_id(self):
        return re.search(rb'Message-ID: <(.*)>', self.raw).group(1).decode()

    @property
    def header(self):
        return self.raw.split(b'\r\n\r\n', 1)[0] + b'\r\n\r\n'


class Mailbox:
    def __init__(self, name, count=0, attributes='', delimiter='"/"', uid_validity=1000):
        self.name = name
        self.attributes = attributes
        self.delimiter = delimiter
        self.uid_validity = uid_validity
        self.messages = [Message(10 + 2 * i, make_message(i), [r'\Seen'] if i % 3 else [])
                         for i in range(count)]
        self.uid_next = 10 + 2 * count

    def add(self, raw, flags=()):
        message = Message(self.uid_next, raw, flags)
        self.uid_next += 1
        self.messages.append(message)
        return message


class Mail:
    """What a server holds; outlives the server."""

    def __init__(self, count=12):
        self.mailboxes = {}
        self.add(Mailbox('INBOX', count))
        self.add(Mailbox('Archive', 3, r'\Archive', uid_validity=1001))
        self.add(Mailbox('Sent', 0, r'\Sent', uid_validity=1002))

    def add(self, mailbox):
        self.mailboxes[mailbox.name] = mailbox
        return mailbox

    @property
    def inbox(self):
        return self.mailboxes['INBOX']

    def truth(self):
        """Returns what a client should have, by the name of the mailbox and the UID: the Message-ID,
        and whether it is read."""
        return {name: {message.uid: (message.message_id, r'\Seen' in message.flags)
                       for message in mailbox.messages}
                for name, mailbox in self.mailboxes.items()}


class Fault:
    """What happens at a step instead of what should.

    @act: a function (session, tag, normal): @normal () says what would have been said; its result
      is ignored. It may raise `Ended`.
    @times: how often; None for always
    """

    def __init__(self, step, act, times=None):
        self.step = step
        self.act = act
        self.left = times

    def applies(self, step):
        if step != self.step or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Ended(Exception):
    """The connection is over."""


# Acts.

def silence(session, tag, normal):
    session.peer.silence()
    raise Ended


def cut(session, tag, normal):
    raise Ended


def reset(session, tag, normal):
    session.peer.reset()
    raise Ended


def bye(text='[UNAVAILABLE] going down'):
    def act(session, tag, normal):
        session.send(f'* BYE {text}\r\n')
        raise Ended
    return act


def say(text, ends=False):
    """Says @text, in which {tag} is the tag, and nothing else."""
    def act(session, tag, normal):
        session.send_tagged(text, tag)
        if ends:
            raise Ended
    return act


def all_of(*acts):
    """Acts one after the other, each at another time that the step is reached; then no more."""
    left = list(acts)

    def act(session, tag, normal):
        if left:
            left.pop(0)(session, tag, normal)
        else:
            normal()
    return act


def first_say(text):
    def act(session, tag, normal):
        session.send_tagged(text, tag)
        normal()
    return act


def then_say(text):
    def act(session, tag, normal):
        normal()
        session.send_tagged(text, tag)
    return act


def replaced(pattern, text, count=0):
    """Says what would have been said, with @pattern (a regular expression) replaced."""
    def act(session, tag, normal):
        said = session.capture(normal)
        session.send(re.sub(pattern.encode(), text.encode() if isinstance(text, str) else text,
                            said, count=count, flags=re.DOTALL))
    return act


def cut_after(n_bytes):
    """Says the first bytes of it and ends the connection."""
    def act(session, tag, normal):
        session.send(session.capture(normal)[:n_bytes])
        raise Ended
    return act


def silent_after(n_bytes):
    def act(session, tag, normal):
        session.send(session.capture(normal)[:n_bytes])
        session.peer.silence()
        raise Ended
    return act


def cut_at(pattern, offset=0):
    """Ends the connection @offset bytes behind the beginning of @pattern in what is said."""
    def act(session, tag, normal):
        said = session.capture(normal)
        found = re.search(pattern.encode(), said)
        assert found, f'{pattern} is not in {said[:200]}'
        session.send(said[:found.start() + offset])
        raise Ended
    return act


def lose_answer(session, tag, normal):
    """Does it, and says nothing of it."""
    session.capture(normal)
    raise Ended


def bytewise(delay_s):
    """Says it one byte at a time."""
    def act(session, tag, normal):
        for byte in session.capture(normal):
            session.send(bytes([byte]))
            time.sleep(delay_s)
    return act


def endless(block, begin='', limit_bytes=1 << 30, pause_s=0):
    """Says @begin and then @block again and again until the client has had enough."""
    def act(session, tag, normal):
        session.send_tagged(begin, tag)
        bytes_ = block if isinstance(block, bytes) else block.encode()
        if pause_s == 0:
            bytes_ *= max(1, 65536 // len(bytes_))
        for _ in range(limit_bytes // len(bytes_)):
            session.send(bytes_)
            time.sleep(pause_s)
        raise AssertionError(f'the client took {limit_bytes} bytes')
    return act


class Session:
    """One connection of a client."""

    def __init__(self, server, peer):
        self.server = server
        self.peer = peer
        self.mailbox = None
        self.n_told = 0
        self.captured = None

    def tell_arrivals(self):
        n_messages = len(self.mailbox.messages) if self.mailbox else 0
        if n_messages > self.n_told:
            self.send(f'* {n_messages} EXISTS\r\n')
        self.n_told = n_messages

    # Saying.

    def send(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        if self.captured is not None:
            self.captured.append(data)
        else:
            self.peer.send(data)

    def send_tagged(self, text, tag):
        if isinstance(text, bytes):
            self.send(text.replace(b'{tag}', tag.encode()))
        else:
            self.send(text.replace('{tag}', tag))

    def capture(self, function):
        self.captured = []
        try:
            function()
        finally:
            said, self.captured = b''.join(self.captured), None
        return said

    def line_with_literals(self):
        line = self.peer.line()
        literals = []
        while found := re.search(r'\{(\d+)(\+?)\}$', line):
            if not found.group(2):
                self.send('+ go on\r\n')
            literals.append(self.peer.take(int(found.group(1))))
            line = line[:found.start()] + f'\0{len(literals) - 1}\0' + self.peer.line()
        return line, literals

    # Steps.

    def run(self):
        try:
            self.step('connect', '', lambda: None)
            if self.server.security == 'tls':
                self.step('tls', '', lambda: self.peer.start_tls(self.server.certificate))
            self.step('greeting', '', lambda: self.send(
                f'* OK [CAPABILITY {self.server.capabilities}] ready\r\n'))
            while True:
                line, literals = self.line_with_literals()
                tag, verb, rest = (line.split(' ', 2) + ['', ''])[:3]
                verb = verb.upper()
                if verb == 'UID':
                    verb, rest = (rest.split(' ', 1) + [''])[:2]
                    verb = verb.upper()
                self.server.commands.append((verb, rest))
                self.step(verb, tag, lambda: self.answer(verb, tag, rest, literals))
                if verb == 'LOGOUT':
                    return
        except (Ended, EOFError, OSError, ssl.SSLError):
            pass

    def step(self, name, tag, normal):
        fault = next((one for one in self.server.faults if one.applies(name)), None)
        if fault is None:
            normal()
        else:
            self.server.n_faults += 1
            fault.act(self, tag, normal)

    def answer(self, verb, tag, rest, literals):
        method = getattr(self, 'do_' + verb.lower(), None)
        if method is None:
            self.send(f'{tag} BAD {verb} is not known\r\n')
            return
        said = method(tag, rest, literals)
        if said is not None:
            self.send(f'{tag} {said}\r\n')

    def do_capability(self, *_):
        self.send(f'* CAPABILITY {self.server.capabilities}\r\n')
        return 'OK done'

    def do_authenticate(self, tag, rest, *_):
        if len(rest.split()) < 2:
            self.send('+ \r\n')
            self.peer.line()
        return f'OK [CAPABILITY {self.server.capabilities}] signed in'

    def do_login(self, *_):
        return f'OK [CAPABILITY {self.server.capabilities}] signed in'

    def do_starttls(self, tag, *_):
        self.send(f'{tag} OK begin\r\n')
        self.peer.start_tls(self.server.certificate)

    def do_id(self, *_):
        self.send('* ID ("name" "faults")\r\n')
        return 'OK done'

    def do_namespace(self, *_):
        self.send('* NAMESPACE (("" "/")) NIL NIL\r\n')
        return 'OK done'

    def do_enable(self, tag, rest, *_):
        self.send('* ENABLED\r\n')
        return 'OK done'

    def do_noop(self, *_):
        self.tell_arrivals()
        return 'OK done'

    do_check = do_noop

    def do_logout(self, tag, *_):
        self.send('* BYE bye\r\n')
        return 'OK done'

    def do_list(self, tag, rest, literals):
        for mailbox in self.server.mail.mailboxes.values():
            self.send(b'* LIST (%s) %s %s\r\n' % (mailbox.attributes.encode(),
                                                  mailbox.delimiter.encode(), wire(mailbox.name)))
        return 'OK done'

    def do_lsub(self, tag, rest, literals):
        return 'OK done'

    def named(self, rest, literals):
        """Returns the mailbox that is named at the beginning of @rest, and what follows it."""
        found = re.match(r'"((?:[^"\\]|\\.)*)"|\x00(\d+)\x00|([^ ]+)', rest)
        if found.group(2):
            name = literals[int(found.group(2))].decode('utf-8', 'surrogateescape')
        else:
            name = found.group(3) or re.sub(r'\\(.)', r'\1', found.group(1))
        name = 'INBOX' if name.upper() == 'INBOX' else name
        return self.server.mail.mailboxes.get(name), rest[found.end():].strip()

    def do_status(self, tag, rest, literals):
        mailbox, items = self.named(rest, literals)
        if mailbox is None:
            return 'NO [NONEXISTENT] no such mailbox'
        values = {'MESSAGES': len(mailbox.messages), 'RECENT': 0, 'UIDNEXT': mailbox.uid_next,
                  'UIDVALIDITY': mailbox.uid_validity,
                  'UNSEEN': sum(r'\Seen' not in one.flags for one in mailbox.messages)}
        said = ' '.join(f'{item} {values[item]}' for item in items.strip('()').split())
        self.send(b'* STATUS %s (%s)\r\n' % (wire(mailbox.name), said.encode()))
        return 'OK done'

    def do_select(self, tag, rest, literals, mode='READ-WRITE'):
        mailbox, _ = self.named(rest, literals)
        self.mailbox = mailbox
        if mailbox is None:
            return 'NO [NONEXISTENT] no such mailbox'
        self.n_told = len(mailbox.messages)
        self.send('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n'
                  '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] all\r\n'
                  f'* {len(mailbox.messages)} EXISTS\r\n'
                  '* 0 RECENT\r\n'
                  f'* OK [UIDVALIDITY {mailbox.uid_validity}] valid\r\n'
                  f'* OK [UIDNEXT {mailbox.uid_next}] next\r\n')
        return f'OK [{mode}] selected'

    def do_examine(self, tag, rest, literals):
        return self.do_select(tag, rest, literals, 'READ-ONLY')

    def do_unselect(self, *_):
        self.mailbox = None
        return 'OK done'

    do_close = do_unselect

    def do_search(self, tag, rest, literals):
        uids = ''.join(f' {one.uid}' for one in self.mailbox.messages)
        self.send(f'* SEARCH{uids}\r\n')
        return 'OK done'

    def chosen(self, text):
        highest = max((one.uid for one in self.mailbox.messages), default=1)
        ranges = []
        for part in text.split(','):
            ends = [highest if end == '*' else int(end) for end in part.split(':')]
            ranges.append((min(ends), max(ends)))
        return [(number, one) for number, one in enumerate(self.mailbox.messages, 1)
                if any(first <= one.uid <= last for first, last in ranges)]

    def do_fetch(self, tag, rest, literals):
        uids, items = rest.split(' ', 1)
        for number, message in self.chosen(uids):
            self.send(b'* %d FETCH (%s)\r\n' % (number, fetched(message, items)))
        return 'OK done'

    def do_store(self, tag, rest, literals):
        uids, sign, names = re.match(r'(\S+) ([+-]?)FLAGS(?:\.SILENT)? \(?([^)]*)\)?', rest).groups()
        for number, message in self.chosen(uids):
            flags = set(names.split())
            message.flags = {'+': message.flags | flags, '-': message.flags - flags,
                             '': flags}[sign]
            if '.SILENT' not in rest:
                self.send(f'* {number} FETCH (UID {message.uid} FLAGS ({" ".join(message.flags)}))\r\n')
        return 'OK done'

    def do_expunge(self, tag, rest, literals):
        chosen = self.chosen(rest) if rest else list(enumerate(self.mailbox.messages, 1))
        for number, message in reversed(chosen):
            if r'\Deleted' in message.flags:
                self.mailbox.messages.remove(message)
                self.send(f'* {number} EXPUNGE\r\n')
        return 'OK done'

    def copy(self, rest, literals):
        uids, name = rest.split(' ', 1)
        target, _ = self.named(name, literals)
        if target is None:
            return None, None
        chosen = self.chosen(uids)
        copies = [target.add(message.raw, message.flags) for _, message in chosen]
        return chosen, (f'[COPYUID {target.uid_validity} {",".join(str(one.uid) for _, one in chosen)} '
                        f'{",".join(str(one.uid) for one in copies)}]')

    def do_copy(self, tag, rest, literals):
        _, code = self.copy(rest, literals)
        return f'OK {code} copied' if code else 'NO [TRYCREATE] no such mailbox'

    def do_move(self, tag, rest, literals):
        chosen, code = self.copy(rest, literals)
        if code is None:
            return 'NO [TRYCREATE] no such mailbox'
        self.send(f'* OK {code} moved\r\n')
        for number, message in reversed(chosen):
            self.mailbox.messages.remove(message)
            self.send(f'* {number} EXPUNGE\r\n')
        return 'OK done'

    def do_append(self, tag, rest, literals):
        mailbox, _ = self.named(rest, literals)
        if mailbox is None:
            return 'NO [TRYCREATE] no such mailbox'
        message = mailbox.add(literals[-1], [r'\Seen'])
        return f'OK [APPENDUID {mailbox.uid_validity} {message.uid}] appended'

    def do_idle(self, tag, *_):
        self.send('+ idling\r\n')
        self.step('DONE', tag, lambda: None)
        self.peer.line()
        self.tell_arrivals()
        return 'OK done'


def wire(name):
    """Returns the name of a mailbox as it stands in a response."""
    raw = name.encode('utf-8', 'surrogateescape')
    if re.search(rb'[\r\n\0\x80-\xff]', raw) or len(raw) > 500:
        return b'{%d}\r\n%s' % (len(raw), raw)
    return b'"' + re.sub(rb'(["\\])', rb'\\\1', raw) + b'"'


def fetched(message, items):
    """Returns the answer to the FETCH items that the engine asks for."""
    parts = [b'UID %d' % message.uid, b'FLAGS (%s)' % ' '.join(sorted(message.flags)).encode()]
    if 'INTERNALDATE' in items:
        parts.append(b'INTERNALDATE "03-Jun-2024 10:00:00 +0000"')
    if 'RFC822.SIZE' in items:
        parts.append(b'RFC822.SIZE %d' % len(message.raw))
    if found := re.search(r'BODY(?:\.PEEK)?\[HEADER\.FIELDS \(([^)]*)\)\]', items):
        wanted = {name.lower().encode() for name in found.group(1).split()}
        lines = [line for line in message.header.split(b'\r\n')
                 if line.split(b':')[0].lower() in wanted]
        parts.append(literal('HEADER.FIELDS (' + found.group(1) + ')',
                             b'\r\n'.join(lines + [b'', b''])))
    if re.search(r'BODY(\.PEEK)?\[\]', items):
        parts.append(literal('', message.raw))
    if 'BODYSTRUCTURE' in items:
        size = len(message.raw) - len(message.header)
        parts.append(b'BODYSTRUCTURE ("text" "plain" ("charset" "utf-8") NIL NIL "7bit" %d 1 NIL NIL '
                     b'NIL NIL)' % size)
    return b' '.join(parts)


def literal(section, data):
    return b'BODY[%s] {%d}\r\n%s' % (section.encode(), len(data), data)


class FaultServer(ScriptedServer):
    """Serves @mail and plays @faults.

    @certificate: for TLS from the first byte with @security 'tls', or after STARTTLS
    """

    def __init__(self, mail, faults=(), capabilities=CAPABILITIES, certificate=None,
                 security='none'):
        super().__init__(self._serve)
        self.mail = mail
        self.faults = list(faults)
        self.capabilities = capabilities
        self.certificate = certificate
        self.security = security
        self.commands = []
        self.n_faults = 0

    def _serve(self, peer):
        Session(self, peer).run()


class DamagingProxy(Proxy):
    """Stands in front of a real server and damages what it says.

    @damage: a function (offset, data) that is called with each piece of what the server says and
      its place in the connection, and returns what is passed on, and whether that is the end
    """

    def __init__(self, port, damage):
        super().__init__(port)
        self._damage = damage
        self.n_damaged = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def make_talk(self, number):
        return {'offset': 0}

    def _up(self, client, server, number, talk):
        """Carries bytes and not lines, since they may be compressed."""
        try:
            while data := client.recv(65536):
                server.sendall(data)
        except OSError:
            pass
        finally:
            self.end(server, talk)

    def take_answer(self, data, talk):
        passed, is_end = self._damage(talk['offset'], data)
        talk['offset'] += len(data)
        self.n_damaged += is_end or passed != data
        if is_end:
            self.cut_once_after(len(passed))
        return passed


def cutting(n_bytes):
    """Damage for a DamagingProxy: the connection ends after so many bytes."""
    def damage(offset, data):
        kept = max(0, n_bytes - offset)
        return data[:kept], kept <= len(data)
    return damage


def flipping(n_bytes):
    """Damage for a DamagingProxy: one byte of the connection is another one."""
    def damage(offset, data):
        at = n_bytes - offset
        if 0 <= at < len(data):
            data = data[:at] + bytes([data[at] ^ 0x15]) + data[at + 1:]
        return data, False
    return damage
