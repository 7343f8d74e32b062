import "reflect-metadata";
import { Exclude, Expose, instanceToPlain, plainToInstance, Transform, Type } from "class-transformer";
import { IsEmail, IsInt, IsOptional, Min, validate, ValidateNested } from "class-validator";

class Address {
  @Expose() city!: string;
  @Exclude() secret!: string;
}

enum Kind {
  A = "a",
  B = "b",
}

class User {
  @IsEmail() email!: string;
  @IsInt() @Min(1) @IsOptional() age?: number;
  @Type(() => Address) @ValidateNested() addresses!: Address[];
  @Type(() => Date) born!: Date;
  @Transform(({ value }) => String(value).toUpperCase()) kind!: Kind;
  get label(): string {
    return `${this.email}/${this.constructor.name}`;
  }
}

export const handler = async (plain: Record<string, unknown>): Promise<unknown> => {
  const user = plainToInstance(User, plain);
  const problems = await validate(user);
  return {
    label: user.label,
    isDate: user.born instanceof Date,
    isAddress: user.addresses.every((one) => one instanceof Address),
    plain: instanceToPlain(user),
    problems: problems.map(({ property, constraints, target }) => [property, constraints, target?.constructor.name]),
    type: (Reflect.getMetadata("design:type", User.prototype, "born") as { name: string }).name,
  };
};
