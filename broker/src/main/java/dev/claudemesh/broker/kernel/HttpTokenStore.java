package dev.claudemesh.broker.kernel;

import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.db.Database;
import java.util.Optional;

/// Whose the bearer tokens are that `hello_ack` hands out. Only their hashes are stored.
final class HttpTokenStore {
  private final Database database;

  HttpTokenStore(Database database) {
    this.database = database;
  }

  /// The presence a token was given to, while that presence lasts.
  Optional<String> presence(String tokenHash) {
    return database
        .dsl()
        .select(PRESENCE.ID)
        .from(PRESENCE)
        .where(PRESENCE.HTTP_TOKEN_HASH.eq(tokenHash))
        .and(PRESENCE.DISCONNECTED_AT.isNull())
        .limit(1)
        .fetchOptional(PRESENCE.ID);
  }
}
