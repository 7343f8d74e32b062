import mongoose, { Schema } from "mongoose";

const User = mongoose.model(
  "User",
  new Schema({
    name: { type: String, required: true },
    age: { type: Number, min: 0 },
    tags: [String],
    at: { type: Date },
  }),
);

export const handler = async (user) => {
  const document = new User({ _id: "65a000000000000000000001", ...user });
  const problem = document.validateSync();
  return {
    problem: problem && {
      name: problem.name,
      message: problem.message,
      isError: problem instanceof mongoose.Error.ValidationError,
    },
    value: document.toObject(),
    state: mongoose.connection.readyState,
    query: User.find({ age: { $gt: 3 } })
      .sort("-name")
      .getOptions(),
  };
};
