package dev.claudemesh.broker.messaging;

import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.groups.GroupPath;
import java.util.Locale;

/// Whom a sender means, read from a `targetSpec`.
sealed interface Target {
  /// A session or a member.
  record Key(PublicKey key) implements Target {}

  /// A group and everything inside it.
  record Group(GroupPath path) implements Target {}

  /// Everyone else on the mesh.
  record Everyone() implements Target {}

  /// Text that names nothing a broker could resolve: names are the client's business.
  record Unknown(String text) implements Target {}

  static Target parse(String spec) {
    String key = spec.toLowerCase(Locale.ROOT);
    if (PublicKey.isKey(key)) {
      return new Key(new PublicKey(key));
    }
    if (GroupPath.isEveryone(spec)) {
      return new Everyone();
    }
    if (GroupPath.isGroup(spec)) {
      return new Group(new GroupPath(spec.substring(1)));
    }
    return new Unknown(spec);
  }

  /// As it is stored and shown.
  default String spec() {
    return switch (this) {
      case Key(PublicKey key) -> key.hex();
      case Group(GroupPath path) -> path.toString();
      case Everyone everyone -> "*";
      case Unknown(String text) -> text;
    };
  }

  default Kind kind() {
    return switch (this) {
      case Key key -> Kind.DIRECT;
      case Unknown unknown -> Kind.DIRECT;
      case Group group -> Kind.GROUP;
      case Everyone everyone -> Kind.BROADCAST;
    };
  }
}
