"""Commands of an IMAP client as lists of words, for servers in Python."""

import re

WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\{(\d+)[+-]?\}$|(\()|(\))|'
                  r'((?:[^\s()"\[]|\[[^\]]*\]?)+)|\s+')


class Literal(bytes):
    """What came as a literal."""


def ascii_upper(word):
    """A word in capitals, but for what stands in brackets after a field list's name."""
    return word.upper() if isinstance(word, str) else word


def quote(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


def in_set(uid, uids, last):
    """Whether a UID is in a sequence set; @last is what a star means."""
    for item in uids.split(','):
        ends = [last if end == '*' else int(end) for end in item.split(':')]
        if min(ends) <= uid <= max(ends):
            return True
    return False


def read_command(peer):
    """Reads a command, and asks for its literals. Leaves its tag in peer.tag.

    Returns the tag and the words: strings, lists for parentheses, Literal.
    """
    stack = [[]]
    line = peer.line()
    while True:
        literal = add_words(line, stack)
        if literal is None:
            break
        size, is_waiting = literal
        if is_waiting:
            peer.send('+ go ahead\r\n')
        data = Literal(peer.take(size))
        stack[-1].append(data)
        line = peer.line()
    peer.tag = stack[0].pop(0)
    return peer.tag, [as_text(word, at) for at, word in enumerate(stack[0])]


def as_text(word, at):
    """Literals are text, but for a message: those are long or have line ends."""
    if isinstance(word, list):
        return [as_text(item, 0) for item in word]
    return word.decode() if isinstance(word, Literal) and b'\n' not in word else word


def add_words(line, stack):
    """Adds the words of a line; returns the literal that it ends with, if it does."""
    at = 0
    while at < len(line):
        match = WORD.match(line, at)
        if match is None:
            raise AssertionError(f'cannot read {line[at:]!r}')
        at = match.end()
        quoted, literal, opened, closed, atom = match.groups()
        if quoted is not None:
            stack[-1].append(re.sub(r'\\(.)', r'\1', quoted))
        elif literal is not None:
            return int(literal), line[at - 2] not in '+-'
        elif opened:
            stack[-1].append([])
            stack.append(stack[-1][-1])
        elif closed:
            stack.pop()
        elif atom:
            stack[-1].append(atom)
    return None
