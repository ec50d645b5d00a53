package dev.claudemesh.cli;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;

/// Gets ready what nearly every command needs and takes its time: reading JSON, and libsodium. On a
/// thread of its own, while the command line is read and the broker is called.
final class HeadStart {
  private HeadStart() {}

  /// @param arguments those that begin with an option ask for help, or are not understood
  static void take(String... arguments) {
    if (arguments.length > 0 && !arguments[0].startsWith("-")) {
      Thread.ofPlatform().daemon().name("claudemesh-head-start").start(HeadStart::run);
    }
  }

  private static void run() {
    Wire.mapper().readTree("0");
    try {
      Keys.load();
    } catch (Problem notHere) {
      // told by whoever needs it
    }
    Catalog.frames();
  }
}
