package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Grants;
import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.broker.messaging.Round.Change;
import dev.claudemesh.broker.messaging.Round.Claim;
import dev.claudemesh.broker.messaging.Round.Claimed;
import dev.claudemesh.broker.messaging.Round.Mark;
import dev.claudemesh.broker.messaging.Round.Placement;
import dev.claudemesh.broker.messaging.Round.Posting;
import dev.claudemesh.broker.messaging.Round.Repeat;
import dev.claudemesh.broker.messaging.Round.Wanted;
import dev.claudemesh.db.BinaryCopy;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.PlainStatement;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.Priority;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;

/// The queue's tables. All that a round of the writer changes stands in {@link #store} and {@link
/// #update}; the statements are in {@link MessageSql}.
final class MessageStore implements Ledger.Queue {
  static final int EXPIRE_ROWS = 500;

  /// Bodies of one claim, in characters; the last one may exceed it.
  static final int CLAIM_CHARS = 262_144;

  private static final String UNIQUE_VIOLATION = "23505";

  private final Database database;

  /// Messages in the table, roughly, once they were counted.
  private final AtomicLong stored = new AtomicLong();

  private volatile boolean counted;

  MessageStore(Database database) {
    this.database = database;
  }

  @Override
  public void store(Round round) {
    List<Posting> postings = round.postings();
    if (postings.size() < MessageCopy.WORTHWHILE) {
      insert(round);
    } else {
      try {
        copy(postings);
      } catch (DataAccessException e) {
        if (!UNIQUE_VIOLATION.equals(e.sqlState())) {
          throw e;
        }
        insert(round);
      }
    }
    stored.addAndGet(postings.size());
  }

  private void copy(List<Posting> postings) {
    database.transaction(tx -> {
      BinaryCopy.into(
          tx, "mesh.message", MessageCopy.MESSAGE, rows -> MessageCopy.messages(postings, rows));
      BinaryCopy.into(
          tx,
          "mesh.delivery",
          MessageCopy.DELIVERY,
          rows -> MessageCopy.deliveries(postings, rows));
      return null;
    });
  }

  private void insert(Round round) {
    List<Posting> postings = round.postings();
    List<Object[]> columns =
        new ArrayList<>(
            letters(postings.stream().map(posting -> posting.accept().letter()).toList()));
    columns.addAll(copies(postings));
    Set<String> inserted =
        database.statement(
            dsl -> PlainStatement.query(dsl, MessageSql.INSERT, MessageStore::ids, columns));
    if (inserted.size() < postings.size()) {
      repeats(
          round,
          postings.stream()
              .filter(posting -> !inserted.contains(posting.accept().letter().id()))
              .toList());
    }
  }

  @Override
  public void update(Round round) {
    if (round.onlyMarks()) {
      database.statement(dsl -> {
        mark(dsl, round);
        return null;
      });
      return;
    }
    database.transaction(tx -> {
      mark(tx, round);
      free(tx, round);
      round.expire().ifPresent(at -> expire(tx, round, at));
      round.claims().forEach(claim -> claim(tx, round, claim));
      return null;
    });
  }

  private static Set<String> ids(ResultSet rows) throws SQLException {
    Set<String> ids = new HashSet<>();
    while (rows.next()) {
      ids.add(rows.getString(1));
    }
    return ids;
  }

  private static List<Object[]> letters(List<Letter> letters) {
    return List.of(
        texts(letters, Letter::id),
        texts(letters, Letter::meshId),
        texts(letters, letter -> letter.sender().memberId()),
        texts(letters, letter -> letter.sender().address()),
        texts(letters, Letter::targetSpec),
        texts(letters, letter -> letter.kind().stored()),
        texts(letters, letter -> stored(letter.priority())),
        texts(letters, letter -> letter.body().enc().map(MessageStore::stored).orElse(null)),
        letters.stream().map(letter -> letter.body().epoch().orElse(null)).toArray(Integer[]::new),
        texts(letters, letter -> letter.body().nonce()),
        texts(letters, letter -> letter.body().ciphertext()),
        texts(letters, letter -> letter.clientMessageId().orElse(null)),
        texts(letters, letter -> letter.requestFingerprint().orElse(null)),
        texts(letters, letter -> letter.replyToId().orElse(null)),
        letters.stream().map(Letter::hops).toArray(Integer[]::new),
        letters.stream().map(Letter::notifySender).toArray(Boolean[]::new),
        texts(letters, letter -> letter.subtype().orElse(null)),
        millis(letters, Letter::createdAt),
        millis(letters, Letter::expiresAt));
  }

  private static List<Object[]> copies(List<Posting> postings) {
    List<String> ids = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    List<String> members = new ArrayList<>();
    List<Long> seqs = new ArrayList<>();
    List<Integer> ranks = new ArrayList<>();
    List<String> holders = new ArrayList<>();
    for (Posting posting : postings) {
      for (Placement placement : posting.placements()) {
        ids.add(posting.accept().letter().id());
        keys.add(placement.recipient().key());
        members.add(placement.recipient().memberId());
        seqs.add(posting.seq());
        ranks.add(posting.accept().letter().rank());
        holders.add(placement.holder().orElse(null));
      }
    }
    return List.of(
        array(ids),
        array(keys),
        array(members),
        seqs.toArray(Long[]::new),
        ranks.toArray(Integer[]::new),
        array(holders));
  }

  private void repeats(Round round, List<Posting> refused) {
    List<Letter> letters = refused.stream().map(posting -> posting.accept().letter()).toList();
    Map<List<String>, Repeat> first = new HashMap<>();
    database
        .dsl()
        .resultQuery(
            MessageSql.REPEATS,
            texts(letters, letter -> letter.sender().memberId()),
            texts(letters, letter -> letter.clientMessageId().orElse(null)))
        .fetch()
        .forEach(row ->
            first.put(
                List.of(row.get(0, String.class), row.get(1, String.class)),
                new Repeat(row.get(2, String.class), row.get(3, Integer.class))));
    for (Posting posting : refused) {
      Letter letter = posting.accept().letter();
      Repeat repeat =
          first.get(List.of(letter.sender().memberId(), letter.clientMessageId().orElseThrow()));
      if (repeat == null) {
        throw new IllegalStateException("Message " + letter.id() + " was neither stored nor known");
      }
      round.results().repeated(posting.accept(), repeat);
    }
  }

  private static void mark(DSLContext context, Round round) {
    List<Mark> marks = round.marks();
    if (!marks.isEmpty()) {
      round
          .results()
          .changes()
          .addAll(
              PlainStatement.query(
                  context,
                  MessageSql.MARK,
                  MessageStore::changes,
                  List.of(
                      texts(marks, mark -> mark.copy().messageId()),
                      texts(marks, mark -> mark.copy().recipientKey()),
                      texts(marks, mark -> stored(mark.status())),
                      texts(marks, mark -> mark.reason().orElse(null)),
                      millis(marks, Mark::at))));
    }
  }

  private static void free(DSLContext tx, Round round) {
    if (!round.freed().isEmpty()) {
      tx.execute(
          MessageSql.FREE,
          texts(round.freed(), Copy::messageId),
          texts(round.freed(), Copy::recipientKey));
    }
  }

  private static void expire(DSLContext tx, Round round, Instant at) {
    round
        .results()
        .expired()
        .addAll(
            PlainStatement.query(
                tx, MessageSql.EXPIRE, MessageStore::changes, at.toEpochMilli(), EXPIRE_ROWS));
  }

  private static void claim(DSLContext tx, Round round, Claim claim) {
    List<Wanted> wanted = claim.wanted();
    List<Claimed> rows =
        tx.resultQuery(
                MessageSql.CLAIM,
                texts(wanted, Wanted::key),
                wanted.stream().map(Wanted::rank).toArray(Integer[]::new),
                wanted.stream().map(Wanted::first).toArray(Long[]::new),
                claim.meshId(),
                array(claim.others()),
                claim.limit(),
                claim.limit(),
                claim.mailbox().slot(),
                CLAIM_CHARS,
                claim.mailbox().household().memberKey(),
                CLAIM_CHARS)
            .fetch(MessageStore::claimed);
    round.results().claimed(claim, rows);
  }

  private static Claimed claimed(Record row) {
    String sender = row.get("sender_key", String.class);
    boolean own =
        row.get("sender_member_id", String.class)
            .equals(row.get("recipient_member_id", String.class));
    Letter letter = letter(row, sender);
    String granted = row.get("granted", String.class);
    return new Claimed(
        letter,
        new Copy(letter.id(), row.get("recipient_key", String.class)),
        row.get("seq", Long.class),
        own || grants(sender, granted).allow(sender, letter.kind().capability()));
  }

  private static Letter letter(Record row, String senderKey) {
    return new Letter(
        row.get("id", String.class),
        row.get("mesh_id", String.class),
        new Letter.Sender(
            row.get("sender_member_id", String.class),
            senderKey,
            row.get("sender_address", String.class),
            row.get("sender_name", String.class)),
        row.get("target_spec", String.class),
        Kind.of(row.get("kind", String.class)),
        priority(row.get("priority", String.class)),
        new Letter.Body(
            text(row, "enc").map(enc -> Encryption.valueOf(enc.toUpperCase(Locale.ROOT))),
            Optional.ofNullable(row.get("epoch", Integer.class)),
            row.get("nonce", String.class),
            row.get("ciphertext", String.class)),
        text(row, "client_message_id"),
        text(row, "request_fingerprint"),
        text(row, "reply_to_id"),
        row.get("hops", Integer.class),
        row.get("notify", Boolean.class),
        text(row, "subtype"),
        row.get("created_at", Instant.class),
        row.get("expires_at", Instant.class));
  }

  private static List<Change> changes(ResultSet rows) throws SQLException {
    List<Change> changes = new ArrayList<>();
    while (rows.next()) {
      changes.add(
          new Change(
              rows.getString("mesh_id"),
              new Copy(rows.getString("message_id"), rows.getString("recipient_key")),
              rows.getString("recipient_name"),
              state(rows.getString("status")),
              Optional.ofNullable(rows.getString("reason")),
              rows.getString("sender_member_id"),
              rows.getString("sender_address"),
              rows.getString("target_spec"),
              rows.getBoolean("notify")));
    }
    return changes;
  }

  /// A status as the table has it.
  static DeliveryStatus state(String stored) {
    return DeliveryStatus.valueOf(stored.toUpperCase(Locale.ROOT));
  }

  static Priority priority(String stored) {
    return Priority.valueOf(stored.toUpperCase(Locale.ROOT));
  }

  /// @param granted what the recipient's row says of the sender, if anything
  private static Grants grants(String sender, String granted) {
    return granted == null
        ? Grants.DEFAULT
        : new Grants(Map.of(sender, StoredJson.capabilities(granted)));
  }

  /// A number that no earlier run of a broker got.
  long nextEra() {
    return database.dsl().resultQuery(MessageSql.NEXT_ERA).fetchSingle(0, Long.class);
  }

  /// Removes messages that are finished with everybody and would expire before a time.
  ///
  /// @return how many were removed; fewer than the limit means that there are no more
  ///
  /// @param expiredBefore only those that expired before, of which a copy did
  int purgeOld(Instant expiringBefore, Instant expiredBefore, int limit) {
    return purged(
        MessageSql.PURGE_OLD, expiringBefore.toEpochMilli(), expiredBefore.toEpochMilli(), limit);
  }

  /// Removes the oldest finished messages beyond a number of messages.
  ///
  /// @return how many were removed; fewer than the limit means that there are no more
  int purgeMany(long keep, int limit) {
    if (!counted) {
      stored.set(database.dsl().resultQuery(MessageSql.COUNT).fetchSingle(0, Long.class));
      counted = true;
    }
    int excess = Math.clamp(stored.get() - keep, 0, limit);
    return excess == 0 ? 0 : purged(MessageSql.PURGE_OLDEST, excess);
  }

  private int purged(String statement, Object... binds) {
    int purged = database.dsl().resultQuery(statement, binds).fetchSingle(0, Integer.class);
    stored.addAndGet(-purged);
    return purged;
  }

  /// Copies that wait or are in flight.
  long depth() {
    return database.dsl().resultQuery(MessageSql.DEPTH).fetchSingle(0, Long.class);
  }

  private static Optional<String> text(Record row, String field) {
    return Optional.ofNullable(row.get(field, String.class));
  }

  private static <T> String[] texts(List<T> rows, Function<T, String> column) {
    return rows.stream().map(column).toArray(String[]::new);
  }

  private static <T> Long[] millis(List<T> rows, Function<T, Instant> column) {
    return rows.stream().map(row -> column.apply(row).toEpochMilli()).toArray(Long[]::new);
  }

  private static String[] array(List<String> texts) {
    return texts.toArray(String[]::new);
  }

  /// A word as the tables have it.
  static String stored(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
