"""What a server has, asked of it by imaplib, which shares no code with ours."""

import base64
import email.message
import email.policy
import re

# The bits of StoreFlags that servers' flags are kept in.
FLAGS = {'\\Seen': 1, '\\Flagged': 2, '\\Answered': 4, '$Forwarded': 8, '\\Draft': 16,
         '\\Deleted': 32, '$Junk': 64, '$NotJunk': 128, '$Phishing': 256, '$MDNSent': 512,
         '$Important': 1024}


def numbered(number, subject=None, body='Hello\r\n'):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message['From'] = f'Person {number} <person{number}@people.example>'
    message['To'] = 'alice@example.test'
    message['Subject'] = subject or f'Message {number}'
    message['Message-ID'] = f'<number-{number}@people.example>'
    message['Date'] = 'Mon, 13 Nov 2023 10:00:00 +0000'
    message.set_content(body)
    return message.as_bytes()


def shown_name(name):
    """Decodes modified UTF-7, RFC 3501 section 5.1.3."""
    def decode(match):
        if not match[1]:
            return '&'
        padded = match[1].replace(',', '/') + '=' * (-len(match[1]) % 4)
        return base64.b64decode(padded).decode('utf-16-be')
    return re.sub('&([^-]*)-', decode, name)


def folder_names(imap):
    """The names on the wire of the folders that can be opened."""
    names = []
    for line in imap.list()[1]:
        attributes, name = re.match(rb'\(([^)]*)\) "." "?([^"]*)"?', line).groups()
        if b'\\Noselect' not in attributes:
            names.append(name.decode())
    return names


def truth_of(imap, folder):
    """What the server has in a folder, by UID: flags, keywords and size."""
    imap.select(f'"{folder}"', readonly=True)
    found = {}
    data = imap.uid('FETCH', '1:*', '(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])')[1]
    for item in data:
        if not isinstance(item, tuple):
            continue
        head, header = item[0].decode(), item[1].decode('latin-1')
        uid = int(re.search(r'UID (\d+)', head)[1])
        words = re.search(r'FLAGS \(([^)]*)\)', head)[1].split()
        flags = sum(FLAGS.get(word, 0) for word in set(words))
        keywords = sorted(word for word in words if word not in FLAGS and word != '\\Recent')
        message_id = re.search(r'(?i)message-id:\s*<([^>]*)>', header)
        found[uid] = (flags, ' '.join(keywords), int(re.search(r'RFC822.SIZE (\d+)', head)[1]),
                      message_id[1] if message_id else None)
    return found
