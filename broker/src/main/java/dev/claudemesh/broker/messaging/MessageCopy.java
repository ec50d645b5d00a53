package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.messaging.Round.Placement;
import dev.claudemesh.broker.messaging.Round.Posting;
import dev.claudemesh.db.BinaryCopy;
import dev.claudemesh.protocol.messaging.Encryption;
import java.util.List;

/// Messages and their copies as rows of the tables.
final class MessageCopy {
  /// From so many messages on, copying them is cheaper than the one statement: more round trips,
  /// but each row costs much less.
  static final int WORTHWHILE = 24;

  static final List<String> MESSAGE =
      List.of(
          "id",
          "mesh_id",
          "sender_member_id",
          "sender_address",
          "target_spec",
          "kind",
          "priority",
          "enc",
          "epoch",
          "nonce",
          "ciphertext",
          "client_message_id",
          "request_fingerprint",
          "reply_to_id",
          "hops",
          "notify",
          "subtype",
          "created_at",
          "expires_at");

  static final List<String> DELIVERY =
      List.of(
          "message_id",
          "recipient_key",
          "mesh_id",
          "recipient_member_id",
          "seq",
          "priority_rank",
          "holder",
          "notify");

  private MessageCopy() {}

  static void messages(List<Posting> postings, BinaryCopy rows) {
    postings.forEach(posting -> add(rows, posting.accept().letter()));
  }

  static void deliveries(List<Posting> postings, BinaryCopy rows) {
    for (Posting posting : postings) {
      posting.placements().forEach(placement -> add(rows, posting, placement));
    }
  }

  private static void add(BinaryCopy messages, Letter letter) {
    messages
        .row()
        .text(letter.id())
        .text(letter.meshId())
        .text(letter.sender().memberId())
        .text(letter.sender().address())
        .text(letter.targetSpec())
        .text(letter.kind().stored())
        .text(MessageStore.stored(letter.priority()))
        .text(letter.body().enc().map((Encryption enc) -> MessageStore.stored(enc)))
        .whole(letter.body().epoch())
        .text(letter.body().nonce())
        .text(letter.body().ciphertext())
        .text(letter.clientMessageId())
        .text(letter.requestFingerprint())
        .text(letter.replyToId())
        .whole(letter.hops())
        .bool(letter.notifySender())
        .text(letter.subtype())
        .time(letter.createdAt())
        .time(letter.expiresAt());
  }

  private static void add(BinaryCopy deliveries, Posting posting, Placement placement) {
    Letter letter = posting.accept().letter();
    deliveries
        .row()
        .text(letter.id())
        .text(placement.recipient().key())
        .text(letter.meshId())
        .text(placement.recipient().memberId())
        .big(posting.seq())
        .whole(letter.rank())
        .text(placement.holder())
        .bool(letter.notifySender());
  }
}
