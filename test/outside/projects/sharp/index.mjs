import sharp from "sharp";

export const handler = async ({ width }) => {
  const input = await sharp({ create: { width: 64, height: 32, channels: 3, background: { r: 200, g: 10, b: 30 } } })
    .png()
    .toBuffer();
  const { data, info } = await sharp(input).resize(width).png().toBuffer({ resolveWithObject: true });
  const { dominant } = await sharp(data).stats();
  return { width: info.width, height: info.height, format: info.format, dominant };
};
