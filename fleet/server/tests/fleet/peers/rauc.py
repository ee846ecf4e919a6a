"""A stand-in for RAUC's service, from RAUC's D-Bus reference (de.pengutronix.rauc.Installer): it installs by copying.

rauc.py TARGET: owns the name on the system bus of DBUS_SYSTEM_BUS_ADDRESS, prints "ready", serves until it is killed.
"""

import shutil
import sys

from gi.repository import Gio, GLib

INTERFACE = "de.pengutronix.rauc.Installer"
REFERENCE = f"""
<node>
  <interface name="{INTERFACE}">
    <method name="Install"><arg type="s" name="source" direction="in"/></method>
    <signal name="Completed"><arg type="i" name="result"/></signal>
    <property name="Operation" type="s" access="read"/>
    <property name="LastError" type="s" access="read"/>
    <property name="Progress" type="(isi)" access="read"/>
    <property name="Compatible" type="s" access="read"/>
    <property name="Variant" type="s" access="read"/>
    <property name="BootSlot" type="s" access="read"/>
  </interface>
</node>
"""

properties = {
    "Operation": GLib.Variant("s", "idle"),
    "LastError": GLib.Variant("s", ""),
    "Progress": GLib.Variant("(isi)", (0, "", 0)),
    "Compatible": GLib.Variant("s", "yilin-k1"),
    "Variant": GLib.Variant("s", ""),
    "BootSlot": GLib.Variant("s", "A"),
}


def change(bus, name, value):
    properties[name] = value
    words = GLib.Variant("(sa{sv}as)", (INTERFACE, {name: value}, []))
    bus.emit_signal(None, "/", "org.freedesktop.DBus.Properties", "PropertiesChanged", words)


def install(bus, source):
    change(bus, "Operation", GLib.Variant("s", "installing"))
    change(bus, "Progress", GLib.Variant("(isi)", (0, "Installing", 0)))
    try:
        shutil.copyfile(source, sys.argv[1])
        result = 0
    except OSError as error:
        change(bus, "LastError", GLib.Variant("s", str(error)))
        result = 1
    change(bus, "Progress", GLib.Variant("(isi)", (100, "Installing done.", 0)))
    change(bus, "Operation", GLib.Variant("s", "idle"))
    bus.emit_signal(None, "/", INTERFACE, "Completed", GLib.Variant("(i)", (result,)))
    return GLib.SOURCE_REMOVE


def called(bus, _sender, _path, _interface, _method, arguments, invocation):
    # RAUC answers at once and installs then.
    GLib.timeout_add(200, install, bus, arguments.unpack()[0])
    invocation.return_value(None)


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
    interface = Gio.DBusNodeInfo.new_for_xml(REFERENCE).interfaces[0]
    bus.register_object("/", interface, called, lambda _b, _s, _p, _i, name: properties[name], None)
    Gio.bus_own_name_on_connection(
        bus, "de.pengutronix.rauc", 0, lambda *_: print("ready", flush=True), lambda *_: sys.exit(1)
    )
    GLib.MainLoop().run()


main()
