package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A membership as an entry of `config.json`, and back.
final class MembershipJson {
  private static final String EPOCH_KEYS = "epochKeys";

  private MembershipJson() {}

  /// @throws IllegalArgumentException saying which field is wrong, never what it holds
  static Membership read(JsonNode entry) {
    String meshId = text(entry, "meshId");
    String slug = optional(entry, "slug").orElse(meshId);
    SecretKey key = key(entry);
    return new Membership(
        meshId,
        text(entry, "memberId"),
        slug,
        optional(entry, "name").orElse(slug),
        key,
        brokerUrl(entry),
        joinedAt(entry),
        optional(entry, "ownerPubkey").filter(PublicKey::isKey).map(PublicKey::new),
        meshKeys(entry));
  }

  /// Writes what we know into an entry and leaves alone what we do not.
  static void write(Membership membership, ObjectNode entry) {
    entry.put("meshId", membership.meshId());
    entry.put("memberId", membership.memberId());
    entry.put("slug", membership.slug());
    entry.put("name", membership.name());
    entry.put("pubkey", membership.key().publicKey().hex());
    entry.put("secretKey", membership.key().exposeHex());
    entry.put("brokerUrl", membership.brokerUrl().toString());
    if (!entry.hasNonNull("joinedAt")) {
      entry.put("joinedAt", membership.joinedAt().toString());
    }
    membership.owner().ifPresent(owner -> entry.put("ownerPubkey", owner.hex()));
    membership.keys().forEach(key -> writeKey(entry, key));
  }

  /// Adds a mesh key; the first key of an epoch stays.
  static void writeKey(ObjectNode entry, MeshKey key) {
    if (meshKeys(entry).stream().noneMatch(known -> known.epoch() == key.epoch())) {
      ObjectNode keys =
          entry.get(EPOCH_KEYS) instanceof ObjectNode object ? object : entry.putObject(EPOCH_KEYS);
      keys.put(String.valueOf(key.epoch()), key.exposeBase64Url());
    }
  }

  private static SecretKey key(JsonNode entry) {
    SecretKey key;
    try {
      key = SecretKey.ofHex(text(entry, "secretKey"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("secretKey is not 128 hex characters");
    }
    if (optional(entry, "pubkey")
        .filter(pubkey -> !pubkey.equalsIgnoreCase(key.publicKey().hex()))
        .isPresent()) {
      throw new IllegalArgumentException("pubkey does not belong to secretKey");
    }
    return key;
  }

  private static URI brokerUrl(JsonNode entry) {
    try {
      return URI.create(text(entry, "brokerUrl"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("brokerUrl is not an address");
    }
  }

  private static Instant joinedAt(JsonNode entry) {
    try {
      return optional(entry, "joinedAt").map(Instant::parse).orElse(Instant.EPOCH);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  private static List<MeshKey> meshKeys(JsonNode entry) {
    List<MeshKey> keys = new ArrayList<>();
    if (entry.get(EPOCH_KEYS) instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> key : object.properties()) {
        meshKey(key.getKey(), key.getValue().asString("")).ifPresent(keys::add);
      }
    }
    if (keys.stream().noneMatch(key -> key.epoch() == 1)) {
      optional(entry, "rootKey").flatMap(root -> meshKey("1", root)).ifPresent(keys::addFirst);
    }
    return keys;
  }

  private static Optional<MeshKey> meshKey(String epoch, String key) {
    try {
      return Optional.of(MeshKey.ofBase64Url(Integer.parseInt(epoch), key));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(JsonNode entry, String field) {
    return optional(entry, field)
        .orElseThrow(() -> new IllegalArgumentException(field + " is missing"));
  }

  private static Optional<String> optional(JsonNode entry, String field) {
    JsonNode value = entry.get(field);
    return value != null && value.isString() && !value.stringValue().isBlank()
        ? Optional.of(value.stringValue())
        : Optional.empty();
  }
}
