package dev.claudemesh.db;

import static dev.claudemesh.db.jooq.Tables.DELIVERY;
import static dev.claudemesh.db.jooq.Tables.INVITE;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.MESSAGE;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.db.jooq.tables.records.MessageRecord;
import dev.claudemesh.db.jooq.tables.records.PresenceRecord;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.DSLContext;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the tables themselves promise, whoever writes to them.
class SchemaTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private static TestDatabase test;
  private static DSLContext dsl;

  @BeforeAll
  static void open() {
    test = TestDatabase.create();
    dsl = test.database().dsl();
  }

  @AfterAll
  static void drop() {
    test.close();
  }

  @BeforeEach
  void two_meshes_with_a_member_each() {
    dsl.deleteFrom(MESH).execute();
    for (String mesh : List.of("m1", "m2")) {
      mesh(mesh, "slug-" + mesh);
      member(mesh + "-ann", mesh, "key-ann");
    }
  }

  @Test
  void a_slug_is_taken_until_its_mesh_is_archived() {
    refused(() -> mesh("m3", "slug-m1"), "mesh_slug_active");
    dsl.update(MESH).set(MESH.ARCHIVED_AT, NOON).where(MESH.ID.eq("m1")).execute();
    mesh("m3", "slug-m1");
  }

  @Test
  void a_mesh_in_its_members_custody_can_hold_no_secret() {
    refused(
        () -> dsl.update(MESH).set(MESH.ROOT_KEY, "k").where(MESH.ID.eq("m1")).execute(),
        "mesh_secrets_only_in_broker_custody");
  }

  @Test
  void a_key_joins_a_mesh_once() {
    refused(() -> member("other", "m1", "key-ann"), "member_key_once_per_mesh");
  }

  @Test
  void an_invite_cannot_be_used_more_often_than_allowed() {
    dsl.insertInto(INVITE)
        .set(INVITE.ID, "i1")
        .set(INVITE.MESH_ID, "m1")
        .set(INVITE.CODE, "ABCD2345")
        .set(INVITE.VERSION, 2)
        .set(INVITE.ROLE, "member")
        .set(INVITE.EXPIRES_AT, NOON)
        .set(INVITE.ISSUER_PUBKEY, "key-ann")
        .set(INVITE.CREATED_AT, NOON)
        .execute();
    dsl.update(INVITE).set(INVITE.USED_COUNT, INVITE.USED_COUNT.plus(1)).execute();
    refused(
        () -> dsl.update(INVITE).set(INVITE.USED_COUNT, INVITE.USED_COUNT.plus(1)).execute(),
        "invite_not_overused");
  }

  @Test
  void an_address_is_present_once_in_a_mesh_and_may_come_back_after_it_left() {
    presence("p1", "m1", "m1-ann", "key-s").insert();
    refused(() -> presence("p2", "m1", "m1-ann", "key-s").insert(), "presence_active");
    presence("p3", "m2", "m2-ann", "key-s").insert();
    dsl.update(PRESENCE).set(PRESENCE.DISCONNECTED_AT, NOON).where(PRESENCE.ID.eq("p1")).execute();
    presence("p2", "m1", "m1-ann", "key-s").insert();
  }

  @Test
  void nothing_can_join_a_member_of_one_mesh_to_another() {
    refused(() -> presence("p1", "m1", "m2-ann", "key-s").insert(), "presence_of_member");
  }

  @Test
  void a_client_message_id_is_accepted_once_per_sender_and_absent_ones_do_not_clash() {
    message("a", "m1", "m1-ann", "c1").insert();
    refused(() -> message("b", "m1", "m1-ann", "c1").insert(), "message_once_per_client_id");
    message("c", "m2", "m2-ann", "c1").insert();
    message("d", "m1", "m1-ann", null).insert();
    message("e", "m1", "m1-ann", null).insert();
    assertThat(
            dsl.insertInto(MESSAGE)
                .set(message("f", "m1", "m1-ann", "c1"))
                .onConflictDoNothing()
                .execute())
        .isZero();
  }

  @Test
  void urgent_messages_sort_first_and_equal_ones_in_the_order_of_acceptance() {
    int rank = 2;
    for (String priority : List.of("low", "next", "now")) {
      delivery(priority, 10 - rank, rank);
      delivery(priority + " later", 20 - rank, rank--);
    }
    assertThat(
            dsl.select(DELIVERY.MESSAGE_ID)
                .from(DELIVERY)
                .orderBy(DELIVERY.PRIORITY_RANK, DELIVERY.SEQ)
                .fetch(DELIVERY.MESSAGE_ID))
        .containsExactly("now", "now later", "next", "next later", "low", "low later");
  }

  @Test
  void a_delivered_copy_names_its_time() {
    delivery("a", 1, 0);
    refused(
        () -> dsl.update(DELIVERY).set(DELIVERY.STATUS, "delivered").execute(),
        "delivery_says_when");
    refused(
        () -> dsl.update(DELIVERY).set(DELIVERY.STATUS, "lost").execute(), "delivery_status_check");
  }

  @Test
  void a_deleted_mesh_takes_everything_of_it_along_and_nothing_else() {
    for (String mesh : List.of("m1", "m2")) {
      presence("p-" + mesh, mesh, mesh + "-ann", "key-s").insert();
      message("x-" + mesh, mesh, mesh + "-ann", null).insert();
      delivery("x-" + mesh, mesh, 1, 0);
    }
    dsl.deleteFrom(MESH).where(MESH.ID.eq("m1")).execute();
    assertThat(dsl.fetchCount(MEMBER)).isEqualTo(1);
    assertThat(dsl.fetchCount(PRESENCE)).isEqualTo(1);
    assertThat(dsl.fetchCount(MESSAGE)).isEqualTo(1);
    assertThat(dsl.fetchCount(DELIVERY)).isEqualTo(1);
  }

  @Test
  void no_column_takes_its_time_from_the_server() {
    assertThat(
            dsl.fetch(
                """
                select table_name, column_name from information_schema.columns
                where table_schema = 'mesh' and table_name <> 'flyway_schema_history'
                  and (data_type = 'timestamp without time zone' or column_default ~* 'now|current|clock|timestamp')
                """))
        .isEmpty();
  }

  private static void refused(ThrowingCallable statement, String constraint) {
    assertThatThrownBy(statement)
        .isInstanceOf(IntegrityConstraintViolationException.class)
        .hasMessageContaining(constraint);
  }

  private static void mesh(String id, String slug) {
    dsl.insertInto(MESH)
        .set(MESH.ID, id)
        .set(MESH.SLUG, slug)
        .set(MESH.NAME, slug)
        .set(MESH.OWNER_PUBKEY, "key-owner")
        .set(MESH.CREATED_AT, NOON)
        .execute();
  }

  private static void member(String id, String mesh, String key) {
    dsl.insertInto(MEMBER)
        .set(MEMBER.ID, id)
        .set(MEMBER.MESH_ID, mesh)
        .set(MEMBER.PEER_PUBKEY, key)
        .set(MEMBER.DISPLAY_NAME, id)
        .set(MEMBER.JOINED_AT, NOON)
        .execute();
  }

  private static PresenceRecord presence(String id, String mesh, String member, String address) {
    PresenceRecord presence = dsl.newRecord(PRESENCE);
    presence.setId(id);
    presence.setMeshId(mesh);
    presence.setMemberId(member);
    presence.setAddress(address);
    presence.setStatusUpdatedAt(NOON);
    presence.setConnectedAt(NOON);
    presence.setLeaseUntil(NOON);
    return presence;
  }

  private static MessageRecord message(String id, String mesh, String sender, String clientId) {
    MessageRecord message = dsl.newRecord(MESSAGE);
    message.setId(id);
    message.setMeshId(mesh);
    message.setSenderMemberId(sender);
    message.setSenderAddress("key-s");
    message.setTargetSpec("key-t");
    message.setKind("direct");
    message.setPriority("now");
    message.setNonce("n");
    message.setCiphertext("c");
    message.setClientMessageId(clientId);
    message.setCreatedAt(NOON);
    message.setExpiresAt(NOON);
    return message;
  }

  private static void delivery(String message, long seq, int rank) {
    delivery(message, "m1", seq, rank);
  }

  private static void delivery(String message, String mesh, long seq, int rank) {
    dsl.insertInto(DELIVERY)
        .set(DELIVERY.MESSAGE_ID, message)
        .set(DELIVERY.RECIPIENT_KEY, "key-t")
        .set(DELIVERY.MESH_ID, mesh)
        .set(DELIVERY.RECIPIENT_MEMBER_ID, "m1-ann")
        .set(DELIVERY.SEQ, seq)
        .set(DELIVERY.PRIORITY_RANK, rank)
        .execute();
  }
}
