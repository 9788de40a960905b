"""Acts as a person in front of Pipit: looks by the accessibility tree, acts by keys and clicks.

    with Desktop() as room, Person(room, [pipit, '--profile', profile]) as person:
        person.click('push button', 'Continue')
        person.type('alice@example.test')

There is no window manager: each window lies at the upper left corner of the screen, the newest on
top, and is given the focus here.
"""

import os
import subprocess
import time

from servers import process

PATIENCE_S = 20


class Missing(AssertionError):
    """What a person would look for in vain."""


class Person:
    def __init__(self, room, arguments, environment=None):
        self.room = room
        self._arguments = arguments
        self._environment = {**room.environment(), **(environment or {})}
        self.child = None
        self._atspi = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        # libatspi finds the accessibility bus by the session bus of this very process
        os.environ.update({name: self._environment[name]
                           for name in ('DBUS_SESSION_BUS_ADDRESS', 'DISPLAY')})
        if self._atspi is None:
            import gi
            gi.require_version('Atspi', '2.0')
            from gi.repository import Atspi
            Atspi.init()
            Atspi.set_timeout(2000, 5000)
            self._atspi = Atspi
        self.child = process.start(self._arguments, env=self._environment)

    def close(self):
        """Ends the program as a session does that is over."""
        process.stop(self.child)
        self.child = None

    def kill(self):
        """Ends it without a warning."""
        self.child.kill()
        self.child.wait()
        self.child = None

    # Looking

    def application(self):
        desktop = self._atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            try:
                if child is not None and child.get_process_id() == self.child.pid:
                    return child
            except Exception:  # it went while we looked
                continue
        return None

    def windows(self):
        """The windows, the newest last."""
        application = self.application()
        if application is None:
            return []
        return [window for window in children(application) if is_showing(window, self._atspi)]

    def walk(self, root=None, hidden=False):
        """Everything below a widget, or in all windows; only what shows, unless `hidden`."""
        for widget in ([root] if root is not None else reversed(self.windows())):
            yield from self._walk(widget, hidden)

    def _walk(self, widget, hidden):
        try:
            if not hidden and not is_showing(widget, self._atspi):
                return
            yield widget
            below = children(widget)
        except Exception:  # libatspi's errors of a widget that has just gone
            return
        for child in below:
            yield from self._walk(child, hidden)

    def look(self, role=None, name=None, root=None, hidden=False):
        """The first widget of that role whose name contains `name`, or None."""
        for widget in self.walk(root, hidden):
            if matches(widget, role, name):
                return widget
        return None

    def find(self, role=None, name=None, root=None, timeout_s=PATIENCE_S, hidden=False):
        """As look (), waiting until it is there."""
        return self.wait(lambda: self.look(role, name, root, hidden),
                         f'{role or "widget"} “{name or ""}”', timeout_s)

    def find_all(self, role=None, name=None, root=None):
        return [widget for widget in self.walk(root) if matches(widget, role, name)]

    def wait(self, condition, what, timeout_s=PATIENCE_S):
        deadline = time.monotonic() + timeout_s
        while True:
            if self.child is not None and self.child.poll() is not None:
                raise Missing(f'Pipit ended with {self.child.returncode} before: {what}')
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise Missing(f'{what}: not there after {timeout_s} s. There is:\n' + self.describe())
            time.sleep(0.1)

    def wait_until_gone(self, role=None, name=None, timeout_s=PATIENCE_S):
        self.wait(lambda: self.look(role, name) is None, f'{role} “{name}” to go', timeout_s)

    def text(self, widget):
        """The text of an entry or a text view."""
        count = self._atspi.Text.get_character_count(widget)
        return self._atspi.Text.get_text(widget, 0, count)

    def all_text(self, root=None):
        """Every name and text that shows, for looking for a sentence."""
        return '\n'.join(filter(None, map(self.name_and_text, self.walk(root))))

    def name_and_text(self, widget):
        try:
            found = [widget.get_name() or '']
            if 'Text' in (widget.get_interfaces() or []):
                found.append(self.text(widget) or '')
        except Exception:  # it has just gone
            return ''
        return '\n'.join(text for text in found if text)

    def has_state(self, widget, state):
        return widget.get_state_set().contains(getattr(self._atspi.StateType, state))

    def has_focus(self, widget):
        """Whether the keyboard acts on it, or on something inside it."""
        return any(self.has_state(inner, 'FOCUSED') for inner in self.walk(widget, hidden=True))

    def focused(self):
        for widget in self.walk():
            if self.has_state(widget, 'FOCUSED'):
                return widget
        return None

    def describe(self):
        lines = []
        for window in self.windows():
            self._describe(window, 0, lines)
        return '\n'.join(lines[:400])

    def _describe(self, widget, depth, lines):
        try:
            if not is_showing(widget, self._atspi):
                return
            lines.append('%s%s “%s”' % ('  ' * depth, widget.get_role_name(), widget.get_name()))
            for child in children(widget):
                self._describe(child, depth + 1, lines)
        except Exception:
            lines.append('  ' * depth + '(gone)')

    # Acting

    def place(self, widget):
        """The middle of a widget on the screen."""
        box = self._atspi.Component.get_extents(widget, self._atspi.CoordType.WINDOW)
        left, top = self._frame_offset(widget)
        return left + box.x + box.width // 2, top + box.y + box.height // 2

    def _frame_offset(self, widget):
        """How far the frame that GTK draws moves everything: it is not part of the extents."""
        while widget is not None and widget.get_role_name() not in ('frame', 'dialog'):
            widget = widget.get_parent()
        shown = self._x_windows()
        if widget is None or not shown:
            return 0, 0
        inside = self._atspi.Component.get_extents(widget, self._atspi.CoordType.WINDOW)
        for window in reversed(shown):
            outside = dict(line.split('=') for line in subprocess.run(
                ['xdotool', 'getwindowgeometry', '--shell', window], env=self._environment,
                capture_output=True, text=True, check=False).stdout.split() if '=' in line)
            across = int(outside.get('WIDTH', 0)) - inside.width
            down = int(outside.get('HEIGHT', 0)) - inside.height
            if 0 <= across <= 120 and 0 <= down <= 120:
                return int(outside['X']) + across // 2, int(outside['Y']) + down // 2
        return 0, 0

    def _x_windows(self):
        return subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--pid', str(self.child.pid)],
            env=self._environment, capture_output=True, text=True, check=False).stdout.split()

    def click(self, role=None, name=None, root=None, widget=None, button=1, repeat=1):
        widget = widget or self.find(role, name, root)
        x, y = self._settled_place(widget)
        self.xdotool('mousemove', str(x), str(y))
        time.sleep(0.05)
        self.xdotool('click', '--repeat', str(repeat), '--delay', '80', str(button))
        time.sleep(0.15)
        return widget

    def _settled_place(self, widget):
        """Where it is once nothing moves any more: pages slide in."""
        before = None
        for _attempt in range(20):
            now = self.place(widget)
            if now == before:
                return now
            before = now
            time.sleep(0.08)
        return before

    def activate(self, role=None, name=None, root=None, widget=None):
        """Does what a screen reader does with a button."""
        widget = widget or self.find(role, name, root)
        self._atspi.Action.do_action(widget, 0)
        time.sleep(0.35)  # GTK shows the button pressed for 250 ms before it acts
        return widget

    def focus(self, widget):
        """Moves the keyboard focus to a widget by Tab, as those do who have no mouse."""
        for _press in range(80):
            if self.has_focus(widget):
                return
            self.xdotool('key', 'Tab')
            time.sleep(0.02)
        raise Missing(f'Tab never reaches “{widget.get_name()}”')

    def focus_window(self):
        """Gives the newest window the keyboard, as a window manager would."""
        shown = self._x_windows()
        if shown:
            self.xdotool('windowfocus', '--sync', shown[-1])

    def type(self, text):
        self.xdotool('type', '--delay', '12', text)
        time.sleep(0.1)

    def key(self, *combinations):
        for combination in combinations:
            self.xdotool('key', combination)
            time.sleep(0.08)

    def fill(self, role, name, text, root=None):
        """Clicks into a field and types over what is there."""
        self.click(role, name, root)
        self.key('ctrl+a')
        self.type(text)

    def resize(self, width, height):
        shown = self._x_windows()
        self.xdotool('windowsize', shown[-1], str(width), str(height))
        time.sleep(0.5)

    def screenshot(self, path):
        time.sleep(0.3)
        self.room.display.screenshot(path)

    def xdotool(self, *arguments):
        subprocess.run(['xdotool', *arguments], env=self._environment, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def children(widget):
    count = widget.get_child_count()
    below = [widget.get_child_at_index(index) for index in range(count)]
    return [child for child in below if child is not None]


def is_showing(widget, atspi):
    """Whether it has a place on the screen: GTK 4.8 knows the state SHOWING of windows only."""
    if 'Component' not in (widget.get_interfaces() or []):
        return True
    box = atspi.Component.get_extents(widget, atspi.CoordType.WINDOW)
    return box.width > 0 and box.height > 0


def matches(widget, role, name):
    try:
        return ((role is None or widget.get_role_name() == role)
                and (name is None or name in (widget.get_name() or '')))
    except Exception:  # it has just gone
        return False
