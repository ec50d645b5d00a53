package dev.claudemesh.broker.accounts;

import java.time.Instant;

/// A row of `account`.
record AccountRow(String id, String email, String name, String passwordHash, Instant createdAt) {
  @Override
  public String toString() {
    return "AccountRow[" + id + "]";
  }
}
