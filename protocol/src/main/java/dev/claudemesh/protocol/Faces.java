package dev.claudemesh.protocol;

import tools.jackson.databind.node.ObjectNode;

/// An operation as tools and commands call it: with its fields by the names that people and models
/// read.
public final class Faces {
  private Faces() {}

  /// Turns named arguments into a request, checked as a frame is. Wire names are understood too.
  ///
  /// @throws Problem `invalid_request`, naming the argument as the caller knows it
  public static Request<?> bind(Catalog.Op op, ObjectNode arguments) {
    ObjectNode fields = arguments.deepCopy();
    for (Field field : Field.of(op.record())) {
      if (!field.toolName().equals(field.name()) && fields.has(field.toolName())) {
        fields.set(field.name(), fields.remove(field.toolName()));
      }
    }
    try {
      return Wire.bind(op, fields);
    } catch (Problem problem) {
      throw asCalled(op, problem);
    }
  }

  private static Problem asCalled(Catalog.Op op, Problem problem) {
    String message = problem.getMessage();
    for (Field field : Field.of(op.record())) {
      message = message.replace('"' + field.name(), '"' + field.toolName());
    }
    return problem.details().isPresent()
        ? new Problem(problem.code(), message, problem.details().get())
        : new Problem(problem.code(), message);
  }
}
