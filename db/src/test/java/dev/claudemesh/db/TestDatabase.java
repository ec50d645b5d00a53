package dev.claudemesh.db;

import java.nio.file.Path;

public final class TestDatabase {
  private TestDatabase() {}

  /// The server programs, unpacked once for all tests of this checkout.
  static Path binaries() {
    return Path.of(
        System.getProperty("claudemesh.root", System.getProperty("java.io.tmpdir")),
        "target",
        "postgres-binaries");
  }
}
