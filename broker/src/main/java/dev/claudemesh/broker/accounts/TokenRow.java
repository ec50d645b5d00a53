package dev.claudemesh.broker.accounts;

import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.time.Instant;
import java.util.Optional;

/// A row of `account_token`, without the hash.
record TokenRow(
    String id,
    String accountId,
    Kind kind,
    String name,
    Optional<String> device,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> lastUsedAt,
    boolean revoked) {}
