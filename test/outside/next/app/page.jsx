import { Counter } from "./counter.jsx";

export const dynamic = "force-dynamic";

export default function Page() {
  return (
    <main>
      <h1>Hello from Next.js</h1>
      <Counter />
      <img src="/logo.png" alt="" id="logo" />
    </main>
  );
}
