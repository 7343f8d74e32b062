export function GET(request) {
  return Response.json({ name: request.nextUrl.searchParams.get("name"), host: request.headers.get("host") });
}

export async function POST(request) {
  return Response.json({ bytes: (await request.arrayBuffer()).byteLength }, { status: 201 });
}
