"""A screen, a session bus and a keyring, for tests that act as a person."""

import os
import subprocess

from . import process

BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={directory}/bus</listen>
  <servicedir>{directory}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# What the bus may start by itself. Nothing else does: no portal, no keyring of the person's.
SERVICES = ['org.a11y.Bus.service']


class Display:
    """An Xvfb on a display number of its own choosing; `name` is like `:7`."""

    def __init__(self, width=1280, height=900):
        self._size = f'{width}x{height}x24'
        self._server = None
        self.name = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        reader, writer = os.pipe()
        self._server = process.start(
            ['Xvfb', '-displayfd', str(writer), '-screen', '0', self._size, '-nolisten', 'tcp',
             '-noreset', '-r'],  # no repeated keys: on a busy machine a short press is a long one
            pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            raise process.FixtureError('Xvfb did not start')
        self.name = f':{number}'

    def close(self):
        process.stop(self._server)
        self._server = None

    def environment(self):
        return {'DISPLAY': self.name, 'GDK_BACKEND': 'x11', 'WAYLAND_DISPLAY': '',
                'GSK_RENDERER': 'cairo'}

    def screenshot(self, path):
        """Writes the whole screen as a picture."""
        subprocess.run(['import', '-display', self.name, '-window', 'root', path], check=True,
                       stdin=subprocess.DEVNULL)


class SessionBus:
    """A D-Bus session bus that starts the accessibility bus and nothing else."""

    def __init__(self, environment=None):
        self.directory = process.make_directory('pipit-bus-')
        self.address = f'unix:path={self.directory}/bus'
        self._environment = {**os.environ, **(environment or {}),
                             'DBUS_SESSION_BUS_ADDRESS': self.address}
        self._daemon = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        services = os.path.join(self.directory, 'services')
        os.makedirs(services, exist_ok=True)
        for name in SERVICES:
            os.symlink(f'/usr/share/dbus-1/services/{name}', os.path.join(services, name))
        configuration = os.path.join(self.directory, 'bus.conf')
        with open(configuration, 'w', encoding='utf-8') as file:
            file.write(BUS_CONFIGURATION.format(directory=self.directory))
        self._daemon = process.start(
            ['dbus-daemon', '--nofork', '--nopidfile', f'--config-file={configuration}'],
            env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.wait_until(lambda: os.path.exists(f'{self.directory}/bus'), 'dbus-daemon')

    def close(self):
        process.stop(self._daemon)
        self._daemon = None
        process.remove_directory(self.directory)

    def environment(self):
        return {'DBUS_SESSION_BUS_ADDRESS': self.address}

    def has_owner(self, name):
        done = subprocess.run(
            ['gdbus', 'call', '--address', self.address, '--dest', 'org.freedesktop.DBus',
             '--object-path', '/org/freedesktop/DBus',
             '--method', 'org.freedesktop.DBus.NameHasOwner', name],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        return 'true' in done.stdout


class Keyring:
    """An unlocked gnome-keyring on a session bus."""

    def __init__(self, bus):
        self._bus = bus
        self.directory = process.make_directory('pipit-keyring-')
        self._daemon = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        data = os.path.join(self.directory, 'data')
        run = os.path.join(self.directory, 'run')
        os.makedirs(os.path.join(data, 'keyrings'), exist_ok=True)
        os.makedirs(run, mode=0o700, exist_ok=True)
        self._daemon = process.start(
            ['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets'],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **self._bus.environment(), 'XDG_DATA_HOME': data,
                 'XDG_RUNTIME_DIR': run})
        # The (empty) password; without its line no login keyring is made and storing fails.
        self._daemon.stdin.write(b'\n')
        self._daemon.stdin.close()
        process.wait_until(lambda: self._bus.has_owner('org.freedesktop.secrets'), 'gnome-keyring')

    def close(self):
        process.stop(self._daemon)
        self._daemon = None
        process.remove_directory(self.directory)


class Desktop:
    """All of it: `environment ()` is what a program under test is started with."""

    def __init__(self, width=1280, height=900, keyring=True):
        self.display = Display(width, height)
        self._with_keyring = keyring
        self.directory = process.make_directory('pipit-home-')
        self.bus = None
        self.keyring = None

    def __enter__(self):
        self.display.start()
        self.bus = SessionBus({**self._homes(), **self.display.environment()})
        self.bus.start()
        if self._with_keyring:
            self.keyring = Keyring(self.bus)
            self.keyring.start()
        return self

    def __exit__(self, *unused):
        for one in (self.keyring, self.bus, self.display):
            if one is not None:
                one.close()
        process.remove_directory(self.directory)

    def environment(self):
        return {**os.environ, **self._homes(), **self.display.environment(),
                **self.bus.environment(), 'LC_ALL': 'C.UTF-8', 'GSETTINGS_BACKEND': 'memory',
                'NO_AT_BRIDGE': '', 'GTK_A11Y': 'atspi'}

    def _homes(self):
        made = {'HOME': self.directory}
        for variable, name in (('XDG_CONFIG_HOME', 'config'), ('XDG_DATA_HOME', 'data'),
                               ('XDG_CACHE_HOME', 'cache'), ('XDG_STATE_HOME', 'state'),
                               ('XDG_RUNTIME_DIR', 'run')):
            made[variable] = os.path.join(self.directory, name)
            os.makedirs(made[variable], mode=0o700, exist_ok=True)
        return made
