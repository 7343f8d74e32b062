import { Suspense } from "react";

export const dynamic = "force-dynamic";

async function Late() {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return <p>late</p>;
}

/** The first part is sent at once, the rest when it is there. */
export default function Page() {
  return (
    <main>
      <p>early</p>
      <Suspense fallback={<p>waiting</p>}>
        <Late />
      </Suspense>
    </main>
  );
}
