package dev.claudemesh.broker.meshes;

import dev.claudemesh.broker.kernel.Member;
import java.util.List;

/// What other rooms hold of a mesh, as far as a member may see it, for `mesh_info`. Each may look
/// into the database; a room that is not asked holds nothing.
public interface Totals {
  /// How many tasks there are of each status.
  record Tasks(int open, int claimed, int done) {
    static final Tasks NONE = new Tasks(0, 0, 0);
  }

  default int stateKeys(Member reader) {
    return 0;
  }

  default int memories(Member reader) {
    return 0;
  }

  default int files(Member reader) {
    return 0;
  }

  default Tasks tasks(Member reader) {
    return Tasks.NONE;
  }

  /// Names of its streams.
  default List<String> streams(Member reader) {
    return List.of();
  }

  /// Names of its database tables.
  default List<String> tables(Member reader) {
    return List.of();
  }

  /// Names of its vector collections.
  default List<String> collections(Member reader) {
    return List.of();
  }
}
