exports.typeDefs = `#graphql
  type Book { title: String!, author: Author! }
  type Author { name: String! }
  type Query { books(first: Int): [Book!]!, fails: String }
`;

const books = [
  { title: "Sagas", author: { name: "Snorri" } },
  { title: "Emma", author: { name: "Jane" } },
];

exports.resolvers = {
  Query: {
    books: (_, { first }) => books.slice(0, first ?? undefined),
    fails: () => {
      throw new Error("nothing here");
    },
  },
};
