"""Real servers, displays and sessions for tests, all private and on loopback.

Each fixture is a context manager that starts its program in a temporary folder on free ports and
ends it again:

    from servers import Dovecot, Postfix, Desktop

    with Dovecot() as dovecot, Postfix(dovecot) as postfix:
        dovecot.deliver('alice', message_bytes)

Nothing here needs the network, a display, a session bus or a home folder. As root the servers run
as the user nobody, else as the person who runs the tests.
"""

from .certificates import Authority
from .desktop import Desktop, Display, Keyring, SessionBus
from .dovecot import Dovecot
from .forwarder import Forwarder
from .postfix import Postfix
from .scripted import ScriptedServer
from .submission import open_submission

__all__ = ['Authority', 'Desktop', 'Display', 'Dovecot', 'Forwarder', 'Keyring', 'Postfix',
           'ScriptedServer', 'SessionBus', 'open_submission']
