package dev.claudemesh.broker.meshes;

import dev.claudemesh.broker.kernel.CreationToken;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What may become of a mesh and its keys. Pure.
final class MeshRules {
  /// Meshes of one name, told apart by a number; then `limit`.
  static final int MOST_OF_ONE_NAME = 100;

  /// Meshes one key may own; then `limit`.
  static final int MOST_OF_ONE_OWNER = 1_000;

  /// How many peers are asked to hand one key on. The first does it; the others are there because
  /// the first may just be leaving.
  static final int COURIERS = 5;

  static final int LONGEST_SLUG = 60;
  private static final int LONGEST_BASE = LONGEST_SLUG - 4;
  private static final Pattern SLUG = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern MESH_ID = Pattern.compile("[A-Za-z0-9_-]{16,64}");
  private static final int NAMED_IN_DETAILS = 50;

  private MeshRules() {}

  /// Whether somebody may make a mesh here.
  ///
  /// @throws Problem `mesh_creation_closed` or `forbidden`
  static void checkCreation(
      MeshCreation policy, Optional<CreationToken> token, Optional<String> presented) {
    switch (policy) {
      case OPEN -> {}
      case CLOSED ->
          throw new Problem(
              ProblemCode.MESH_CREATION_CLOSED,
              "No meshes can be made on this broker; ask its operator for an invite");
      case TOKEN -> {
        if (token.isEmpty() || presented.filter(token.get()::is).isEmpty()) {
          throw new Problem(
              ProblemCode.FORBIDDEN,
              "This broker asks for its creation token to make a mesh; its operator finds it in the"
                  + " broker's data folder, file "
                  + CreationToken.FILE);
        }
      }
    }
  }

  /// Lower case, anything that is no letter or digit as one dash; `mesh` where nothing is left.
  static String slugOf(String name) {
    String ascii =
        Normalizer.normalize(name, Normalizer.Form.NFD)
            .replaceAll("\\p{M}", "")
            .toLowerCase(Locale.ROOT);
    String dashed = ascii.replaceAll("[^a-z0-9]+", "-");
    String cut = dashed.length() > LONGEST_BASE ? dashed.substring(0, LONGEST_BASE) : dashed;
    String slug = cut.replaceAll("^-|-$", "");
    return slug.isEmpty() ? "mesh" : slug;
  }

  /// The slug itself, else with -2, -3, … behind it.
  ///
  /// @throws Problem `limit` if there are too many of that name
  static String freeSlug(String slug, Collection<String> taken) {
    if (!taken.contains(slug)) {
      return slug;
    }
    for (int number = 2; number <= MOST_OF_ONE_NAME; number++) {
      String candidate = slug + "-" + number;
      if (!taken.contains(candidate)) {
        return candidate;
      }
    }
    throw new Problem(
        ProblemCode.LIMIT,
        "There are too many meshes called \"" + slug + "\"; choose another name");
  }

  /// A slug that somebody chose on purpose must be one as it is.
  static String checkSlug(String slug) {
    if (slug.length() > LONGEST_SLUG || !SLUG.matcher(slug).matches()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "A short name has at most 60 characters of a-z, 0-9 and single dashes between them");
    }
    return slug;
  }

  /// An id of the client's making: without the sign that separates the parts of a signed text.
  static String checkMeshId(String id) {
    if (!MESH_ID.matcher(id).matches()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "create_mesh: \"mesh_id\" must be 16 to 64 characters of A-Z a-z 0-9 _ -");
    }
    return id;
  }

  static String checkEncryption(Optional<String> encryption) {
    String chosen = encryption.orElse("e2e");
    if (!chosen.equals("e2e") && !chosen.equals("compat")) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "create_mesh: \"encryption\" must be e2e or compat");
    }
    return chosen;
  }

  /// @param known what the database calls the languages it knows
  /// @throws Problem `invalid_argument` naming them
  static void checkLanguage(String language, List<String> known) {
    if (!known.contains(language)) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "\"language\" must be one of " + String.join(", ", known) + "; simple is for any");
    }
  }

  /// A sealed key must say who sealed it, in a way others can check, or the broker could put in a
  /// key of its own.
  ///
  /// @throws Problem `bad_signature`
  static void checkSeal(
      String meshId,
      int epoch,
      String member,
      String sealedKey,
      String signature,
      PublicKey sealer) {
    if (!Keys.verify(sealer, Canonical.seal(meshId, epoch, member, sealedKey), signature)) {
      throw new Problem(
          ProblemCode.BAD_SIGNATURE,
          "The sealed key for "
              + member.substring(0, 8)
              + "… is not signed by you; sign seal|meshId|epoch|memberPubkey|sealedKey");
    }
  }

  /// Whether a new epoch reaches exactly the members there are.
  ///
  /// @throws Problem `invalid_request` naming who is missing or does not belong
  static void checkCoverage(Set<String> members, List<SealedFor> keys) {
    Set<String> covered = new HashSet<>();
    for (SealedFor key : keys) {
      if (!covered.add(key.memberPubkey())) {
        throw new Problem(
            ProblemCode.INVALID_REQUEST,
            "rotate_key: \"keys\" names " + key.memberPubkey().substring(0, 8) + "… twice");
      }
    }
    Set<String> missing = new TreeSet<>(members);
    missing.removeAll(covered);
    Set<String> strangers = new TreeSet<>(covered);
    strangers.removeAll(members);
    if (!missing.isEmpty() || !strangers.isEmpty()) {
      ObjectNode details = Wire.mapper().createObjectNode();
      missing.stream().limit(NAMED_IN_DETAILS).forEach(details.putArray("missing")::add);
      strangers.stream().limit(NAMED_IN_DETAILS).forEach(details.putArray("unknown")::add);
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "rotate_key: \"keys\" must cover every member and nobody else; "
              + missing.size()
              + " missing, "
              + strangers.size()
              + " unknown. List the members and try again",
          details);
    }
  }

  /// Somebody else was faster, or the caller did not know of an epoch.
  static Problem stale(int current) {
    return new Problem(
        ProblemCode.STALE_EPOCH,
        "The mesh is at epoch " + current + "; a new one must be " + (current + 1),
        Wire.mapper().createObjectNode().put("epoch", current));
  }

  /// Whom to ask to hand a key on: connected peers that hold it and know how, of as many different
  /// members as possible.
  static List<Peer> couriers(Collection<Peer> peers, Set<String> holders) {
    Map<String, Peer> byMember = new LinkedHashMap<>();
    Set<Peer> chosen = new LinkedHashSet<>();
    List<Peer> able =
        peers.stream()
            .filter(peer -> holders.contains(peer.member().id()))
            .sorted(
                Comparator.comparing((Peer peer) -> !peer.isSession())
                    .thenComparing(Peer::presenceId))
            .toList();
    able.forEach(peer -> byMember.putIfAbsent(peer.member().id(), peer));
    chosen.addAll(byMember.values());
    chosen.addAll(able);
    return chosen.stream().limit(COURIERS).toList();
  }
}
