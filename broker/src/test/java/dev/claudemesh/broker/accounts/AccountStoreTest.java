package dev.claudemesh.broker.accounts;

import static dev.claudemesh.db.jooq.Tables.ACCOUNT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.accounts.AccountStore.Trace;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AccountStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Trace ISSUED = new Trace("issued", "127.0.0.1");

  private static TestDatabase database;
  private static AccountStore store;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    store = new AccountStore(database.database());
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  @Test
  void an_address_has_one_account_and_there_are_no_more_than_may_be() {
    AccountRow ada = account();
    assertThat(store.byEmail(ada.email())).contains(ada);
    assertThat(
            store.insert(
                new AccountRow(Ids.next(), ada.email(), "Eve", "other", NOW, false), 1_000))
        .isFalse();
    assertThat(store.byEmail(ada.email())).contains(ada);
    AccountRow late = new AccountRow(Ids.next(), "late@acme.dev", "Late", "hash", NOW, false);
    assertThat(store.insert(late, 1)).isFalse();
    assertThat(store.byId(late.id())).isEmpty();
  }

  @Test
  void a_token_is_found_by_its_text_and_kind_and_only_its_hash_is_stored() {
    AccountRow ada = account();
    AccountToken token = AccountToken.generate(Kind.PAT);
    TokenRow row = issue(ada, token, NOW);
    assertThat(store.find(token)).contains(row);
    assertThat(store.find(AccountToken.generate(Kind.PAT))).isEmpty();
    assertThat(
            database.database().dsl().fetch("select t::text from mesh.account_token t").formatCSV())
        .doesNotContain(token.text().substring("cm_pat_".length()));
  }

  @Test
  void a_use_moves_the_end_of_a_session_and_nothing_of_a_revoked_one() {
    AccountRow ada = account();
    AccountToken token = AccountToken.generate(Kind.SESSION);
    TokenRow row = issue(ada, token, NOW);
    Instant later = NOW.plusSeconds(600);
    store.used(row.id(), later, Optional.of(later.plusSeconds(60)));
    assertThat(store.find(token).orElseThrow())
        .satisfies(found -> {
          assertThat(found.lastUsedAt()).contains(later);
          assertThat(found.expiresAt()).contains(later.plusSeconds(60));
        });
    assertThat(store.revoke(ada.id(), Kind.SESSION, row.id(), later, "here")).isTrue();
    store.used(row.id(), later.plusSeconds(60), Optional.of(later.plusSeconds(600)));
    assertThat(store.find(token).orElseThrow().lastUsedAt()).contains(later);
  }

  @Test
  void nobody_revokes_what_is_anothers_or_of_another_kind() {
    AccountRow ada = account();
    AccountToken token = AccountToken.generate(Kind.PAT);
    TokenRow row = issue(ada, token, NOW);
    assertThat(store.revoke(account().id(), Kind.PAT, row.id(), NOW, "here")).isFalse();
    assertThat(store.revoke(ada.id(), Kind.SESSION, row.id(), NOW, "here")).isFalse();
    assertThat(store.find(token).orElseThrow().revoked()).isFalse();
    assertThat(store.revoke(ada.id(), Kind.PAT, row.id(), NOW, "here")).isTrue();
    assertThat(store.revoke(ada.id(), Kind.PAT, row.id(), NOW, "here")).isFalse();
    assertThat(store.find(token).orElseThrow().revoked()).isTrue();
    assertThat(events(ada)).containsExactly("issued pat", "revoked pat");
  }

  @Test
  void a_new_password_ends_sessions_and_browsers_and_no_access_token() {
    AccountRow ada = account();
    AccountToken session = AccountToken.generate(Kind.SESSION);
    AccountToken web = AccountToken.generate(Kind.WEB);
    AccountToken pat = AccountToken.generate(Kind.PAT);
    List.of(session, web, pat).forEach(token -> issue(ada, token, NOW));
    assertThat(store.changePassword(ada.id(), "not it", "new", NOW, "here")).isFalse();
    assertThat(store.find(session).orElseThrow().revoked()).isFalse();
    assertThat(store.changePassword(ada.id(), ada.passwordHash(), "new", NOW, "here")).isTrue();
    assertThat(store.find(session).orElseThrow().revoked()).isTrue();
    assertThat(store.find(web).orElseThrow().revoked()).isTrue();
    assertThat(store.find(pat).orElseThrow().revoked()).isFalse();
    assertThat(store.byId(ada.id()).orElseThrow().passwordHash()).isEqualTo("new");
    assertThat(
            store.issue(
                row(ada, Kind.SESSION, NOW),
                "h" + Ids.next(),
                Optional.of(ada.passwordHash()),
                10,
                ISSUED))
        .as("a sign-in by the password before")
        .isFalse();
  }

  @Test
  void of_sessions_the_one_unused_for_longest_makes_room_and_access_tokens_have_an_end()
      throws Exception {
    AccountRow ada = account();
    List<AccountToken> sessions =
        IntStream.range(0, 4)
            .mapToObj(i -> {
              AccountToken token = AccountToken.generate(Kind.SESSION);
              store.issue(
                  row(ada, Kind.SESSION, NOW.plusSeconds(i)),
                  token.hash(),
                  Optional.empty(),
                  3,
                  ISSUED);
              return token;
            })
            .toList();
    assertThat(sessions.stream().map(token -> store.find(token).orElseThrow().revoked()))
        .containsExactly(true, false, false, false);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      long made =
          threads
              .invokeAll(
                  IntStream.range(0, 8)
                      .<Callable<Boolean>>mapToObj(i ->
                          () ->
                              store.issue(
                                  row(ada, Kind.PAT, NOW),
                                  "h" + Ids.next(),
                                  Optional.empty(),
                                  3,
                                  ISSUED))
                      .toList())
              .stream()
              .filter(future -> future.resultNow())
              .count();
      assertThat(made).isEqualTo(3);
    }
    assertThat(store.good(ada.id(), Kind.PAT, NOW, 100)).hasSize(3);
  }

  @Test
  void good_ones_are_listed_newest_first_and_what_ended_long_ago_is_removed() {
    AccountRow ada = account();
    AccountToken old = AccountToken.generate(Kind.PAT);
    AccountToken young = AccountToken.generate(Kind.PAT);
    issue(ada, old, NOW);
    TokenRow newer = issue(ada, young, NOW.plusSeconds(1));
    Instant end = NOW.plus(Duration.ofDays(30));
    assertThat(store.good(ada.id(), Kind.PAT, NOW.plusSeconds(2), 100))
        .extracting(TokenRow::id)
        .startsWith(newer.id())
        .hasSize(2);
    assertThat(store.good(ada.id(), Kind.PAT, end, 100)).containsExactly(newer);
    store.prune(end.plusMillis(500), NOW);
    assertThat(store.find(old)).isEmpty();
    assertThat(store.find(young)).isPresent();
    assertThat(events(ada)).hasSize(2);
    store.prune(NOW, NOW.plusSeconds(2));
    assertThat(events(ada)).isEmpty();
  }

  private static AccountRow account() {
    String id = Ids.next();
    AccountRow account =
        new AccountRow(
            id,
            id.toLowerCase(java.util.Locale.ROOT) + "@acme.dev",
            "Ada",
            "hash of " + id,
            NOW,
            false);
    assertThat(store.insert(account, 1_000)).isTrue();
    return account;
  }

  private static TokenRow issue(AccountRow of, AccountToken token, Instant now) {
    TokenRow row = row(of, token.kind(), now);
    assertThat(store.issue(row, token.hash(), Optional.empty(), 10, ISSUED)).isTrue();
    return row;
  }

  private static TokenRow row(AccountRow of, Kind kind, Instant now) {
    return new TokenRow(
        Ids.next(),
        of.id(),
        kind,
        "laptop",
        Optional.of("linux x64"),
        now,
        Optional.of(now.plus(Duration.ofDays(30))),
        Optional.empty(),
        false);
  }

  private static List<String> events(AccountRow of) {
    return database
        .database()
        .dsl()
        .selectFrom(ACCOUNT_EVENT)
        .where(ACCOUNT_EVENT.ACCOUNT_ID.eq(of.id()))
        .orderBy(ACCOUNT_EVENT.ID)
        .fetch(event -> event.getWhat() + " " + event.getKind());
  }
}
