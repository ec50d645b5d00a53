package dev.claudemesh.broker.accounts;

import java.time.Instant;

/// A row of `account`.
///
/// @param proven whether somebody proved that they read the mail of its address
record AccountRow(
    String id, String email, String name, String passwordHash, Instant createdAt, boolean proven) {
  @Override
  public String toString() {
    return "AccountRow[" + id + "]";
  }
}
