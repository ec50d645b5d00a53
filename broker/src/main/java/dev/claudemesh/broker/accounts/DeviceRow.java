package dev.claudemesh.broker.accounts;

import java.time.Instant;
import java.util.Optional;

/// A row of `device_login`, without the hash.
record DeviceRow(
    String id,
    String userCode,
    String name,
    Optional<String> device,
    String address,
    Instant createdAt,
    Instant expiresAt,
    Optional<Decision> decision,
    boolean claimed) {

  /// What somebody decided.
  record Decision(String accountId, boolean approved, Instant at) {}
}
