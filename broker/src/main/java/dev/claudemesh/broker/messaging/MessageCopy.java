package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.messaging.Round.Placement;
import dev.claudemesh.broker.messaging.Round.Posting;
import dev.claudemesh.db.BinaryCopy;
import dev.claudemesh.protocol.messaging.Encryption;
import java.util.List;

/// Many messages and their copies on the way into the tables. Refused as a whole if one of them is
/// there already.
record MessageCopy(BinaryCopy messages, BinaryCopy deliveries) {
  /// From so many messages on it is cheaper than the one statement: more round trips, but each row
  /// costs much less.
  static final int WORTHWHILE = 24;

  private static final int MESSAGE_BYTES = 700;
  private static final int DELIVERY_BYTES = 300;

  static MessageCopy of(List<Posting> postings) {
    int bodies =
        postings.stream()
            .mapToInt(posting -> posting.accept().letter().body().ciphertext().length())
            .sum();
    int copies = postings.stream().mapToInt(posting -> posting.placements().size()).sum();
    BinaryCopy messages =
        new BinaryCopy(
            "mesh.message",
            bodies + MESSAGE_BYTES * postings.size(),
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
    BinaryCopy deliveries =
        new BinaryCopy(
            "mesh.delivery",
            DELIVERY_BYTES * copies,
            "message_id",
            "recipient_key",
            "mesh_id",
            "recipient_member_id",
            "seq",
            "priority_rank",
            "holder",
            "notify");
    for (Posting posting : postings) {
      add(messages, posting.accept().letter());
      posting.placements().forEach(placement -> add(deliveries, posting, placement));
    }
    return new MessageCopy(messages, deliveries);
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
